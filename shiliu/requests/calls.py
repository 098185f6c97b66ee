"""The list of people to call back: who, about what, and what to say; and the form for what came of a call."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shiliu.core import access, audit, receipts
from shiliu.core.cursor import Cursor
from shiliu.core.models import User
from shiliu.requests.actions import Said
from shiliu.requests.actions.call_backs import untold
from shiliu.requests.models import PERSONAL, CallBack, State
from shiliu.requests.story import Told, for_staff, told_of

PAGE = 40
BESIDE = ("request__category", "request__area", "request__team", "request__unit", "request__post")
REASONS = {
    "": pgettext_lazy("call-backs", "All"),
    CallBack.Reason.ASK.value: pgettext_lazy("call-backs", "To be asked"),
    CallBack.Reason.TELL.value: pgettext_lazy("call-backs", "To be told"),
}


@dataclass(frozen=True)
class Wanted:
    """Which part of the list: all, or those of one reason; from where on."""

    reason: str = ""
    after: Cursor | None = None

    @property
    def here(self) -> str:
        parts = {"reason": self.reason, "after": self.after}
        return urlencode({name: str(value) for name, value in parts.items() if value})


def read(given: Mapping[str, Any]) -> Wanted:
    """What an address asks for; what makes no sense in it counts as not said."""
    reason = str(given.get("reason", ""))
    return Wanted(reason if reason in REASONS else "", Cursor.read(str(given.get("after", ""))))


@dataclass(frozen=True)
class Listed:
    """One page of the list, the longest waiting first. next: the query of the one that follows."""

    rows: list[CallBack]
    next: str
    previous: str = ""


def listed(user: User, wanted: Wanted) -> Listed:
    found = list(_rows(user, wanted)[: PAGE + 1])
    if len(found) <= PAGE:
        return Listed(found, "")
    return Listed(found[:PAGE], f"?{replace(wanted, after=place_of(found[PAGE - 1])).here}")


def following(user: User, wanted: Wanted) -> CallBack | None:
    """The one after a place in the list; at its end the first one."""
    return _rows(user, wanted).first() or _rows(user, replace(wanted, after=None)).first()


def place_of(call_back: CallBack) -> Cursor:
    return Cursor(call_back.made_at, call_back.pk)


def _rows(user: User, wanted: Wanted) -> QuerySet[CallBack]:
    rows = CallBack.objects.to_be_called_by(user)
    if wanted.reason:
        rows = rows.filter(reason=wanted.reason)
    if cursor := wanted.after:
        rows = rows.filter(Q(made_at__gt=cursor.at) | Q(pk__gt=cursor.id), made_at__gte=cursor.at)
    return rows.select_related(*BESIDE).defer(*(f"request__{name}" for name in PERSONAL))


def find(user: User, code: str) -> CallBack:
    """One that `user` may call. Http404 outside the scope, NotPermitted where it is for others to call."""
    rows = CallBack.objects.visible_to(user).select_related(*BESIDE)
    found = rows.filter(code=code).first()
    if found is None:
        raise Http404
    access.require(user, "requests.contact", found.area_id)
    if found.reason == CallBack.Reason.ASK:
        access.require(user, "requests.close", found.area_id)
    return found


def require_caller(user: User) -> None:
    """NotPermitted for whoever calls nobody anywhere."""
    access.require_anywhere(user, "requests.contact")


def done_by(user: User, call_back: CallBack, seen: int) -> bool:
    """Whether it was `user` who wrote down this very call: the second click of a form sent twice."""
    entries = audit.entries_of(call_back).filter(verb="requests.call_back", version=seen + 1)
    return entries.filter(actor=user).exists()


# One call -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Talk:
    """What the page of one call shows. report: what was said to be done, for whoever is asked about it.

    news: what the person is to be told and what was done since, as their page has it. tried: what came of
    earlier tries, the latest first.
    """

    it: CallBack
    code: str
    report: str
    news: list[Told]
    tried: list[Told]


def talk(it: CallBack) -> Talk:
    reported = audit.entries_of(it.request).filter(verb="requests.report").last()
    tries = audit.entries_of(it).filter(verb="requests.call_back").order_by("-id")
    return Talk(
        it,
        receipts.shown(it.request.code),
        reported.note if reported else "",
        _news(it) if it.reason == CallBack.Reason.TELL else [],
        for_staff(tries) if it.tries else [],
    )


def _news(it: CallBack) -> list[Told]:
    """Nothing where a step is of the request that it goes on with: of that one no more is told."""
    pending = untold(it)
    if not pending or any(entry.public_id != it.request.code for entry in pending):
        return []
    return told_of(it.request, audit.entries_of(it.request).filter(pk__gte=pending[0].pk))


# What was said: (solved, satisfied), None where nothing was said.
SAID: dict[str, tuple[bool, bool | None]] = {
    "solved-satisfied": (True, True),
    "solved-dissatisfied": (True, False),
    "solved": (True, None),
    "unsolved-dissatisfied": (False, False),
    "unsolved": (False, None),
}
_ANSWERS = [
    ("solved-satisfied", pgettext_lazy("call", "Solved, and satisfied")),
    ("solved-dissatisfied", pgettext_lazy("call", "Solved, but not satisfied")),
    ("solved", pgettext_lazy("call", "Solved; said no more")),
    ("unsolved-dissatisfied", pgettext_lazy("call", "Not solved, and not satisfied")),
    ("unsolved", pgettext_lazy("call", "Not solved; said no more")),
]
_TOLD = [("told", pgettext_lazy("call", "Reached, and told"))]
_NOT_REACHED = [
    ("later", pgettext_lazy("call", "Not reached: try again later")),
    ("give_up", pgettext_lazy("call", "Not reached: give up")),
    ("wrong_number", pgettext_lazy("call", "Wrong number")),
    ("declined", pgettext_lazy("call", "Does not want to be called")),
]

OUTCOMES = {
    "later": CallBack.Outcome.NOT_REACHED,
    "give_up": CallBack.Outcome.NOT_REACHED,
    "wrong_number": CallBack.Outcome.WRONG_NUMBER,
    "declined": CallBack.Outcome.DECLINED,
}


class CallForm(forms.Form):
    """One choice and perhaps a few words: made for many calls one after another."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    seen_request = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    said = forms.ChoiceField(label=gettext_lazy("What came of the call"), widget=forms.RadioSelect)
    close = forms.BooleanField(label=gettext_lazy("If solved: close it"), required=False)
    reopen = forms.BooleanField(
        label=gettext_lazy("If not solved: reopen it"),
        help_text=gettext_lazy("It goes back to who had it, with the words below. The resident reads them."),
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("In their words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, call_back: CallBack, by: User, **kwargs: Any) -> None:
        request = call_back.request
        initial = {
            "seen": call_back.version,
            "seen_request": request.version,
            "close": True,
            "reopen": True,
        }
        super().__init__(*args, initial=initial, auto_id="call-%s", **kwargs)
        asks = call_back.reason == CallBack.Reason.ASK
        self.fields["said"].choices = (_ANSWERS if asks else _TOLD) + _NOT_REACHED  # type: ignore[attr-defined]
        if not asks or request.state not in (State.DONE, State.VERIFIED):
            del self.fields["close"]
        if not asks or not access.allows(by, "requests.reopen", request.area_id):
            del self.fields["reopen"]

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or self.cleaned_data
        unsolved = given.get("said", "").startswith("unsolved")
        if unsolved and given.get("reopen") and not given.get("note", "").strip():
            self.add_error("note", _("Please write what is not solved: whoever has it needs to know."))
        return given

    def values(self) -> dict[str, Any]:
        """What the action takes besides the call-back and who it is."""
        given = self.cleaned_data
        chosen, said = given["said"], None
        if chosen in SAID:
            solved, satisfied = SAID[chosen]
            follows = {name: given.get(name, False) for name in ("close", "reopen")}
            said = Said(solved, given["seen_request"], satisfied, **follows)
        return {
            "seen": given["seen"],
            "outcome": OUTCOMES.get(chosen, CallBack.Outcome.REACHED),
            "give_up": chosen == "give_up",
            "said": said,
            "note": given["note"].strip(),
        }
