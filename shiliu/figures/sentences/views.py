"""Writing the paragraph of a part of the report."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shiliu.core import access, door
from shiliu.core.access import get_visible_or_404
from shiliu.core.figures import FIGURES, Period
from shiliu.core.http import StaffRequest
from shiliu.core.snapshot import read_snapshot
from shiliu.figures import periods
from shiliu.figures.papers.drafting import SENTENCES, written
from shiliu.figures.report import CHAPTERS, Line, over
from shiliu.figures.sentences import actions, placeholders
from shiliu.figures.sentences.forms import ParagraphForm
from shiliu.figures.sentences.models import Paragraph
from shiliu.figures.sentences.placeholders import Place
from shiliu.grid.models import Area
from shiliu.grid.town import town

TITLES = {part: title for _chapter, parts in CHAPTERS for part, title in parts}


@dataclass(frozen=True)
class Choice:
    """A figure that can be put into the text: what it is today, and what it is kept as, if it is."""

    line: Line
    kept: str

    @property
    def today(self) -> str:
        return written(self.line)

    @property
    def live(self) -> str:
        return str(Place(self.line.figure.key))

    @property
    def frozen(self) -> str:
        return str(Place(self.line.figure.key, frozen=True))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: StaffRequest, period: Period, part: str) -> HttpResponse:
    """The text, with the part's figures to choose from."""
    code = request.GET.get("area") or ""
    area = get_visible_or_404(Area, request.user, code=code) if code else town()
    if area is None or part not in TITLES:
        raise Http404
    access.require(request.user, "figures.write", area.code)
    language = _language(request)
    paragraph = actions.find(area, period, part, language)
    form = ParagraphForm(
        _sent(request),
        initial=_initial(paragraph, part, language),
        keys=actions.keys_of(part),
        kept=bool(paragraph and paragraph.frozen),
    )
    status = 200
    if request.method == "POST" and "add" not in request.POST:
        status = _write(request, form, area, period, part, language)
        if status == 302:
            back = reverse("figures:report", args=[period])
            return redirect(f"{back}?{urlencode({'area': area.code})}#part-{part}")
    context = _context(area, period, part, language, paragraph) | {"form": form}
    return render(request, "figures/sentences/words.html", context, status=status)


def _language(request: StaffRequest) -> str:
    asked = request.POST.get("language") or request.GET.get("language") or get_language() or ""
    return asked if asked in Paragraph.Language else Paragraph.Language.CHINESE


def _sent(request: StaffRequest) -> Any:
    """What was sent; with a figure that was chosen put at the end of the text, and nothing stored."""
    if request.method != "POST":
        return None
    if "add" not in request.POST:
        return request.POST
    sent = request.POST.copy()
    sent["text"] = f"{sent.get('text', '')}{sent['add'][:100]}"
    return sent


def _initial(paragraph: Paragraph | None, part: str, language: str) -> dict[str, Any]:
    """What was written, or the draft to begin with."""
    text = paragraph.text if paragraph else ""
    if not text:
        with override(language):
            between = "" if language == Paragraph.Language.CHINESE else " "
            text = between.join(map(str, SENTENCES.get(part, ())))
    return {"text": text, "seen": paragraph.version if paragraph else 0, "language": language}


def _write(
    request: StaffRequest, form: ParagraphForm, area: Area, period: Period, part: str, language: str
) -> int:
    """The status of the answer; 302 where it was stored."""
    if not form.is_valid():
        return 422
    said = form.cleaned_data
    try:
        actions.write(
            area,
            period,
            part,
            language,
            text=said["text"],
            seen=said["seen"],
            renew=said.get("renew", False),
            by=request.user,
        )
    except door.StaleState as stale:
        form.add_error(None, str(stale))
        return 409
    except (door.Refused, ValidationError) as refused:
        form.add_error(None, refused.messages if isinstance(refused, ValidationError) else str(refused))
        return 422
    messages.success(request, _("The paragraph was stored."))
    return 302


def _context(
    area: Area, period: Period, part: str, language: str, paragraph: Paragraph | None
) -> dict[str, Any]:
    asked, frozen = over(period, area), paragraph.frozen if paragraph else {}
    with read_snapshot():
        lines = [Line(FIGURES[key], FIGURES[key].at(asked)) for key in actions.keys_of(part)]
    return {
        "area": area,
        "period_name": periods.named(period),
        "period_title": periods.title(period),
        "part": part,
        "title": TITLES[part],
        "language": language,
        "languages": Paragraph.Language.choices,
        "choices": [Choice(line, _kept(line, frozen)) for line in lines],
        "paragraph": paragraph,
    }


def _kept(line: Line, frozen: dict[str, Any]) -> str:
    if line.figure.key not in frozen:
        return ""
    value, day = placeholders.read(frozen[line.figure.key])
    told = {"value": written(Line(line.figure, value)), "day": day}
    return _("%(value)s (as of %(day)s)") % told
