"""Every write of an editor's sentences."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access, audit, door
from shiliu.core.access import Actor
from shiliu.core.figures import FIGURES, Period
from shiliu.core.snapshot import read_snapshot
from shiliu.figures import rules  # noqa: F401  registers the rights
from shiliu.figures.report import CHAPTERS, over
from shiliu.figures.sentences import placeholders
from shiliu.figures.sentences.models import LENGTH, Paragraph
from shiliu.grid.models import Area

WRITE = audit.verb("figures.write", gettext_lazy("wrote the paragraph “%(part)s” of the report"))
PARTS = {part for _chapter, parts in CHAPTERS for part, _title in parts}


def keys_of(part: str) -> list[str]:
    """The figures of a part, in the order of the report."""
    return [key for key, figure in FIGURES.items() if figure.part == part]


def find(area: Area, period: Period, part: str, language: str) -> Paragraph | None:
    return Paragraph.objects.filter(
        area=area, start=period.start, end=period.end, part=part, language=language
    ).first()


def write(
    area: Area,
    period: Period,
    part: str,
    language: str,
    *,
    text: str,
    by: Actor,
    seen: int,
    renew: bool = False,
) -> Paragraph:
    """Put an editor's text in the place of the draft; an empty one gives the place back to the draft.

    seen: the version on the screen, 0 where there was none. renew: take today's values for the figures that
    are kept, instead of those of the day when they were written. Raises ValidationError for a place that is
    no figure of the part, Refused and StaleState.
    """
    access.require(by, "figures.write", area.code)
    text = _checked(text, part, language)
    earlier = find(area, period, part, language)
    if (earlier.version if earlier else 0) != seen:
        raise door.StaleState(
            _("A colleague was faster: this has changed since you opened it. Look again, then repeat.")
        )
    frozen = _frozen(text, {} if earlier is None or renew else earlier.frozen, area, period)
    if earlier is None:
        where = {"area": area, "start": period.start, "end": period.end, "part": part, "language": language}
        return door.create(Paragraph(**where, text=text, frozen=frozen), WRITE, by=by)
    with door.change(earlier, WRITE, by=by, seen=seen) as change:
        change.set(text=text, frozen=frozen)
        change.say(part=part, language=language)
    return earlier


def _checked(text: str, part: str, language: str) -> str:
    """The text in one piece: a paragraph has no lines, and Chinese no spaces between them."""
    if part not in PARTS or language not in Paragraph.Language:
        raise door.Refused(_("The report has no such part."))
    chinese = language == Paragraph.Language.CHINESE
    text = "".join(text.splitlines()).strip() if chinese else " ".join(text.split())
    if len(text) > LENGTH:
        raise ValidationError(_("At most %(n)d characters fit here.") % {"n": LENGTH})
    placeholders.require_known(text, keys_of(part))
    return text


def _frozen(text: str, before: dict, area: Area, period: Period) -> dict:
    """What is kept of each figure that the text keeps: as before, or as of today."""
    today, asked = timezone.localdate(), over(period, area)
    with read_snapshot():
        return {
            key: before[key] if key in before else placeholders.kept(FIGURES[key].at(asked), today)
            for key in placeholders.frozen_keys(text)
        }
