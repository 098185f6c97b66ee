"""The translation catalogue, without GNU gettext: English stands in the source, Chinese in the catalogue.

    tools/translations.py extract   bring the catalogues up to date with the source; translations are kept
    tools/translations.py check     list what is untranslated, fuzzy, missing, obsolete or wrong; then exit 1
    tools/translations.py compile   write the .mo files that Django reads

A catalogue is `shiliu/locale/<language>/LC_MESSAGES/django.po`; its folder decides which languages there are.
Beside it, `shiliu/locale_wagtail` holds what Wagtail's own catalogues lack in that language and no more:
an editor's screens are complete, too, and what its next version has translated goes. They hold file names but
no line numbers and no dates, sorted, so that a change in the source is a small diff.
"""

import argparse
import ast
import importlib.util
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.extract import extract as babel_extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = "shiliu"
CATALOGUES = f"{PACKAGE}/locale*/*/LC_MESSAGES/*.po"
OF_WAGTAIL = "locale_wagtail"
KEYWORDS: dict[str, Any] = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "gettext_noop": None,
}
COMMENT_TAGS = ["Translators:"]
HEADER = r"""msgid ""
msgstr ""
"Language: {language}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {plural_forms};\n"
"""

# %(name)s, %s and {name}. The space is not taken as a flag: “100 % sure” holds no placeholder.
PERCENT = re.compile(r"%(?:\((?P<name>\w+)\))?[#0\-+]*(?:\d+|\*)?(?:\.\d+)?(?P<type>[diouxXeEfFgGcrsa])")
BRACES = re.compile(r"\{(\w*)[^{}]*\}")


def sources(root: Path) -> Iterator[Path]:
    """Python files and templates of the package, in a stable order."""
    package = root / PACKAGE
    for path in sorted(package.rglob("*")):
        folders = path.relative_to(package).parts[:-1]
        is_template = "templates" in folders and path.suffix in (".html", ".txt")
        if is_template or (path.suffix == ".py" and "migrations" not in folders):
            yield path


def extract_source(file: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """Babel's extraction interface for Python, within f-strings too, where Babel looks only from 3.12 on."""
    yield from extract_python(file, keywords, comment_tags, options)
    file.seek(0)
    formatted = [node for node in ast.walk(ast.parse(file.read())) if isinstance(node, ast.JoinedStr)]
    for call in [node for each in formatted for node in ast.walk(each) if isinstance(node, ast.Call)]:
        for _line, *found in extract_python(io.BytesIO(ast.unparse(call).encode()), keywords, (), options):
            yield (call.lineno, *found)


def extract_template(file: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """Babel's extraction interface for Django templates, by way of Django's own translation into Python."""
    text = templatize(file.read().decode("utf-8"))
    # In parentheses, indentation means nothing to Python's tokenizer.
    return extract_python(io.BytesIO(f"({text}\n)".encode()), keywords, comment_tags, options)


def extracted(root: Path) -> Catalog:
    """Every translatable text of the source. Raises SystemExit naming a file that cannot be read."""
    catalog = Catalog(charset="utf-8")
    for path in sources(root):
        method: Any = extract_source if path.suffix == ".py" else extract_template
        name = path.relative_to(root).as_posix()
        try:
            with path.open("rb") as file:
                found = list(babel_extract(method, file, KEYWORDS, COMMENT_TAGS))
        except (SyntaxError, UnicodeDecodeError) as error:
            sys.exit(f"{name}: {error}")
        for line, identifier, comments, context in found:
            catalog.add(identifier, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def of_wagtail(language: str, domain: str) -> Catalog:
    """What Wagtail's packages together have in a language. `domain` is django or, for scripts, djangojs."""
    [package] = importlib.util.find_spec("wagtail").submodule_search_locations  # type: ignore[union-attr]
    together = Catalog(charset="utf-8")
    for path in sorted(Path(package).rglob(f"locale/{language}/LC_MESSAGES/{domain}.po")):
        for message in read(path):
            if message.id:
                place = [(f"wagtail/{path.parents[3].relative_to(package).as_posix()}".rstrip("/."), 1)]
                together.add(message.id, message.string, place, context=message.context, flags=message.flags)
    return together


def lacking(language: str, domain: str) -> Catalog:
    """Wagtail's texts that it has not translated into a language."""
    there = of_wagtail(language, domain)
    done = {each for each, message in messages(there).items() if not list(faults_of(message))}
    lacked = Catalog(charset="utf-8")
    for each, message in messages(of_wagtail("en", domain)).items():
        if each not in done:
            lacked.add(message.id, None, message.locations, context=message.context)
    return lacked


def template_of(path: Path, source: Catalog) -> Catalog:
    """The texts that a catalogue has to hold. `source` are those of our own source."""
    ours = path.parents[2].name != OF_WAGTAIL
    return source if ours else lacking(path.parents[1].name, path.stem)


def catalogues(root: Path) -> list[Path]:
    return sorted(root.glob(CATALOGUES))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name, abort_invalid=True)


def write(path: Path, catalog: Catalog) -> None:
    body = io.BytesIO()
    write_po(
        body, catalog, width=0, omit_header=True, sort_output=True, ignore_obsolete=True, include_lineno=False
    )
    header = HEADER.format(language=path.parents[1].name, plural_forms=catalog.plural_forms.rstrip(";"))
    path.write_text(f"{header}\n{body.getvalue().decode()}", "utf-8")


def update(root: Path) -> None:
    """Take over what the source says; keep each translation whose English is unchanged, drop the others."""
    source = extracted(root)
    for path in catalogues(root):
        catalog = read(path)
        catalog.update(template_of(path, source), no_fuzzy_matching=True)
        write(path, catalog)


def key(message: Message) -> tuple[str | None, str]:
    """What gettext looks a message up by: its context and its (singular) English."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def messages(catalog: Catalog) -> dict[tuple[str | None, str], Message]:
    return {key(message): message for message in catalog if message.id}


def placeholders(text: str) -> tuple[set[str], list[str]]:
    """The named ones, whose order is free, and those that are told apart by their order."""
    text = text.replace("%%", "").replace("{{", "").replace("}}", "")
    named = {match["name"] for match in PERCENT.finditer(text) if match["name"]}
    named |= {f"{{{name}}}" for name in BRACES.findall(text) if name}
    ordered = [match["type"] for match in PERCENT.finditer(text) if not match["name"]]
    return named, ordered + ["{}" for name in BRACES.findall(text) if not name]


def faults_of(message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    plural = isinstance(message.id, tuple)
    translations = list(message.string) if isinstance(message.string, tuple | list) else [message.string]
    if not all(translations) or not translations:
        yield "untranslated"
    elif message.fuzzy:
        yield "fuzzy"
    else:
        # “One request” may leave the number out, “%(n)s requests” may not: the plural is the measure.
        wanted = placeholders(message.id[-1] if plural else message.id)
        if any(placeholders(translation) != wanted for translation in translations):
            yield "placeholders differ"


def faults(root: Path, path: Path, template: Catalog) -> list[str]:
    """One line per fault of a catalogue, such as: `zh_Hans: missing: “Save”`."""
    catalog = read(path)
    wanted, present = messages(template), messages(catalog)
    found = [("missing", each) for each in wanted.keys() - present.keys()]
    found += [("obsolete", each) for each in present.keys() - wanted.keys()]
    found += [("obsolete", key(message)) for message in catalog.obsolete.values()]
    for each in wanted.keys() & present.keys():
        if wanted[each].pluralizable != present[each].pluralizable:
            found.append(("plural differs from the source", each))
        found += [(fault, each) for fault in faults_of(present[each])]
    return [
        f"{path.parents[1].name}: {fault}: “{text}”" for fault, (_context, text) in sorted(found, key=str)
    ]


def check(root: Path) -> int:
    source = extracted(root)
    templates = {path: template_of(path, source) for path in catalogues(root)}
    found = [line for path, template in templates.items() for line in faults(root, path, template)]
    texts = sum(len(messages(template)) for template in templates.values())
    print("\n".join(found) or f"Every translation is there ({texts} texts).")
    if found:
        print(f"{len(found)} to put right: `make messages`, then translate what is empty in the .po file.")
    return 1 if found else 0


def compile_all(root: Path) -> None:
    """Write each .mo beside its .po, at once as a whole: a running server may be reading it."""
    for path in catalogues(root):
        unfinished = path.with_suffix(f".mo-{os.getpid()}")
        with unfinished.open("wb") as file:
            write_mo(file, read(path))
        unfinished.replace(path.with_suffix(".mo"))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["extract", "check", "compile"])
    parser.add_argument("--root", type=Path, default=REPOSITORY, help="the repository (for tests)")
    options = parser.parse_args()
    if options.action == "check":
        return check(options.root)
    {"extract": update, "compile": compile_all}[options.action](options.root)
    return 0


if __name__ == "__main__":
    sys.exit(main())
