"""Joint handling as pages show it: the parts of a request, what may be done with one, who gave it back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access, audit
from shiliu.core.forms import PicturesField
from shiliu.core.models import AuditEntry, User
from shiliu.requests import actions, rules
from shiliu.requests.models import TAKEN_ON, Part, Request
from shiliu.requests.story import Told

TONES = {
    Part.State.ASKED: "wait",
    Part.State.REPORTED: "good",
    Part.State.RETURNED: "late",
    Part.State.WITHDRAWN: "stop",
}


class WordsForm(forms.Form):
    """Why. `seen` is the version that was on the screen."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ReportPartForm(WordsForm):
    note = forms.CharField(
        label=gettext_lazy("What was done"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    pictures = PicturesField(label=gettext_lazy("Photos"), required=False)


@dataclass(frozen=True)
class Way:
    """A step of a part: on a button, with its form, what it runs, and what is said after it."""

    label: Any
    form: type[WordsForm]
    act: Callable[..., Part]
    verb: str
    said: Any


WAYS = {
    "report": Way(
        gettext_lazy("Report the part done"),
        ReportPartForm,
        actions.report_part,
        "requests.report_part",
        gettext_lazy("The part is reported done. Thank you."),
    ),
    "return": Way(
        gettext_lazy("It is not ours"),
        WordsForm,
        actions.return_part,
        "requests.return_part",
        gettext_lazy("Given back. The coordinator asks somebody else."),
    ),
    "drop": Way(
        gettext_lazy("No longer needed"),
        WordsForm,
        actions.drop_part,
        "requests.drop_part",
        gettext_lazy("The part is no longer asked for."),
    ),
}


@dataclass(frozen=True)
class Offer:
    """A step that somebody may take with a part. is_open: its form came back and stands open."""

    name: str
    label: Any
    form: WordsForm
    is_open: bool


@dataclass(frozen=True)
class ShownPart:
    """A part on a page, with what was said about it, the latest first. is_back: given back, and nobody else
    was asked since.
    """

    it: Part
    story: list[Told]
    offers: list[Offer]
    is_back: bool

    @property
    def tone(self) -> str:
        return TONES[Part.State(self.it.state)]


def find(user: User, code: str) -> Part:
    """The part that `user` may see, with its request; Http404 where there is none."""
    rows = Part.objects.visible_to(user).select_related("request__category", "area", "team", "unit")
    found = rows.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def may(user: User, name: str, part: Part) -> bool:
    """Whether `user` has the right for a step of this part, its state aside."""
    if name == "drop":
        return access.allows(user, "requests.assign", part.area_id)
    try:
        return access.allows(user, "requests.report", rules.serving_area(user, part))
    except access.NotPermitted:
        return False


def require(user: User, name: str, part: Part) -> None:
    """NotPermitted for whose step it is not."""
    if not may(user, name, part):
        access.require(user, "requests.assign" if name == "drop" else "requests.report", part.area_id)
        raise access.NotPermitted(_("Somebody else was asked for this part."))


def taken_before(name: str, part: Part, *, by: User, seen: int, note: str) -> bool:
    """Whether `by` took this very step already, from the same version, with the same words."""
    entries = audit.entries_of(part).filter(verb=WAYS[name].verb, actor=by, version=seen + 1)
    return entries.filter(note=note).exists()


def form_for(name: str, part: Part, *data: Any) -> WordsForm:
    """The form of a step, its ids beginning with the part's: several stand on a page."""
    return WAYS[name].form(*data, initial={"seen": part.version}, auto_id=f"part-{part.pk}-{name}-%s")


def shown(
    user: User, request: Request, *, part: str = "", name: str = "", form: WordsForm | None = None
) -> list[ShownPart]:
    """All parts of a request. form: what came back for the step `name` of the part with this code."""
    parts = list(request.parts.select_related("team", "unit"))
    said = _said(parts)
    there = request.is_open and request.area_id in access.scope_of(user, Request.view_right)
    able = [
        step
        for step, right in (("report", "requests.report"), ("drop", "requests.assign"))
        if there and access.allows(user, right, request.area_id)
    ]
    last = max((each.pk for each in parts if each.state in TAKEN_ON), default=0)
    return [
        ShownPart(
            each,
            said.get(each.code, []),
            offers(each, able, {name: form} if form and each.code == part else {}),
            there and each.state == Part.State.RETURNED and each.pk > last,
        )
        for each in parts
    ]


def offers(part: Part, able: Iterable[str], came_back: dict[str, WordsForm]) -> list[Offer]:
    """The steps `able` as forms, while the part is asked for; what was given back can only be dropped."""
    if part.state == Part.State.RETURNED:
        able = [name for name in able if name == "drop"]
    elif part.state != Part.State.ASKED:
        return []
    return [
        Offer(name, WAYS[name].label, came_back.get(name) or form_for(name, part), name in came_back)
        for name in able
    ]


def _said(parts: list[Part]) -> dict[str, list[Told]]:
    """By part, what was done with it, the latest first; one query for all of them."""
    if not parts:
        return {}
    codes = [part.code for part in parts]
    entries = AuditEntry.objects.filter(kind=audit.kind_of(Part), public_id__in=codes).order_by("-id")
    said: dict[str, list[Told]] = {}
    for entry in entries:
        said.setdefault(entry.public_id, []).append(_told(entry))
    return said


def told(part: Part) -> list[Told]:
    """What was done with a part, the latest first."""
    return _said([part]).get(part.code, [])


def _told(entry: AuditEntry) -> Told:
    tone = {"requests.report_part": "good", "requests.return_part": "late"}.get(entry.verb, "go")
    return Told(entry.at, "", audit.sentence(entry), entry.note, tone)


def returns(entries: Iterable[AuditEntry]) -> list[Told]:
    """Of a request's entries: who gave it back as not theirs, and why, oldest first."""
    return [
        Told(
            entry.at, entry.data.get("was") or audit.actor_name(entry), _("gave it back"), entry.note, "late"
        )
        for entry in entries
        if entry.verb == "requests.return"
    ]
