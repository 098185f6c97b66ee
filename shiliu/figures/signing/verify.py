"""`shiliu report verify FILE`: whether a signed report is as it was signed, without settings or database.

Exit status 0: intact. 1: changed, or signed with another key than was asked for. 2: no signed report.
"""

import argparse
import gettext
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from shiliu.figures.signing import carrying, printed, seal
from shiliu.figures.signing.printed import Printed
from shiliu.figures.signing.seal import Document, NotSigned

INTACT, CHANGED, UNREADABLE = 0, 1, 2
LOCALE = Path(__file__).resolve().parents[2] / "locale"
FOLDERS = {"zh-hans": "zh_Hans", "en": "en"}
SOME = 8  # of many, so many are named


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="shiliu report verify",
        description="Say whether a signed report (JSON, PDF, Word or XLSX) is as it was signed, when, and by "
        "which key. Needs no database and no network.",
        epilog="Exit status: 0 intact, 1 changed or another key, 2 no signed report.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--fingerprint", metavar="DIGITS", help="the key's, as the town's page of the report shows it"
    )
    parser.add_argument("--language", choices=sorted(FOLDERS), default="zh-hans")
    options = parser.parse_args(arguments)
    catalogue = gettext.translation("django", LOCALE, [FOLDERS[options.language]], fallback=True)
    status, sentences = verified(options.file, options.language, catalogue, options.fingerprint)
    print("\n".join(sentences), file=sys.stdout if status < UNREADABLE else sys.stderr)
    return status


def verified(
    path: Path, language: str, catalogue: gettext.NullTranslations, expected: str | None = None
) -> tuple[int, list[str]]:
    """The exit status, and what there is to say."""
    _ = catalogue.gettext
    try:
        if path.stat().st_size > carrying.MOST:
            raise NotSigned("too large")
        file = path.read_bytes()
        form = carrying.form_of(file)
        document = seal.read(carrying.document_in(file, form))
        told = list(_about(document, language, catalogue))
    except OSError as error:
        return UNREADABLE, [f"{path}: {error.strerror}."]
    except (NotSigned, LookupError, TypeError, AttributeError):
        return UNREADABLE, [
            _("%s holds no signed report that can be read: it is none, or it was damaged.") % path
        ]
    try:
        shown = printed.compared(file, form, document) if document.intact else None
    except Exception:  # whatever a damaged file makes its reader say
        return UNREADABLE, [*told, _("What is printed in this file cannot be read: the file is damaged.")]
    faults = [*_changes(document, language, catalogue), *_printed_faults(shown, catalogue)]
    changed, intact = _("CHANGED: this is not what was signed."), _("INTACT: all of it is as it was signed.")
    told += [changed if faults else intact, *faults, *_remarks(document, shown, catalogue)]
    if expected is not None and "".join(expected.split()).lower() != "".join(document.fingerprint.split()):
        return CHANGED, [*told, _("It was signed with ANOTHER KEY than the one that you gave.")]
    return (CHANGED if faults else INTACT), told


def _about(document: Document, language: str, catalogue: gettext.NullTranslations) -> Iterator[str]:
    _ = catalogue.gettext
    it = document.statement
    names = {"place": it["area"]["name"], "start": it["period"]["start"], "end": it["period"]["end"]}
    yield _("%(place)s: report from %(start)s to %(end)s") % names
    yield _("Signed: %(when)s, by: %(post)s") % {"when": it["signed_at"], "post": it["post"]}
    yield _("Key: %s") % document.fingerprint
    yield _(
        "Compare the key with the one that the town shows on its public page of this report: whoever makes a "
        "key of their own can sign anything."
    )


def _changes(document: Document, language: str, catalogue: gettext.NullTranslations) -> Iterator[str]:
    _ = catalogue.gettext
    if not document.signed:
        yield _(
            "The signature does not fit what it stands under: place, period, day, post, key or the list of "
            "parts."
        )
    for name in document.changed[:SOME]:
        yield _("Changed: %s") % _named(name, document, language, catalogue)
    if (more := len(document.changed) - SOME) > 0:
        yield _("… and %d more") % more
    if document.signed and not document.changed and not document.plain:
        yield _("The file is not written as Shiliu writes it, though it says the same.")


def _named(name: str, document: Document, language: str, catalogue: gettext.NullTranslations) -> str:
    """A part for people: “value: sewer laid”."""
    _ = catalogue.gettext
    kinds = {
        "value": _("value"),
        "before": _("value before"),
        "year_ago": _("value a year ago"),
        "definition": _("definition"),
        "days": _("records by day"),
        "text": _("paragraph"),
        "frozen": _("fixed figure in a paragraph"),
        "headings": _("headings"),
    }
    kind, _slash, rest = name.partition("/")
    definition = document.content(f"definition/{rest.rpartition('/')[2]}")
    return f"{kinds.get(kind, kind)}: {definition['label'][language] if definition else rest}"


def _printed_faults(shown: Printed | None, catalogue: gettext.NullTranslations) -> Iterator[str]:
    _ = catalogue.gettext
    if shown is None:
        return
    for label, words in shown.differ:
        names = {"label": label, "words": words}
        yield _("Printed otherwise than it was signed: %(label)s: %(words)s") % names
    if shown.exact:
        for label in shown.missing:
            yield _("Signed, and not printed in this file: %s") % label
    for title in shown.paragraphs:
        yield _("The paragraph is not printed as it was signed: %s") % title


def _remarks(document: Document, shown: Printed | None, catalogue: gettext.NullTranslations) -> Iterator[str]:
    _ = catalogue.gettext
    if document.left_out:
        sentence = _(
            "Not in this copy, which is for the public: %d parts (records by day, small numbers of persons)."
        )
        yield sentence % len(document.left_out)
    if shown is None:
        return
    yield _("Printed figures that agree with those signed: %d") % shown.agree
    if shown.missing and not shown.exact:
        yield _("Could not be read back from the printed text: %s") % ", ".join(shown.missing)
