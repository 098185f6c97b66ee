"""One step for many requests at once: each is checked by itself, written by itself, and told by itself."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from shiliu.core import access, audit, receipts
from shiliu.core.access import NotPermitted
from shiliu.core.door import Refused, StaleState
from shiliu.core.models import User
from shiliu.requests import case, steps
from shiliu.requests.models import PERSONAL, Request
from shiliu.requests.states import LIFECYCLE
from shiliu.requests.steps import WAYS, StepForm
from shiliu.requests.story import for_staff

MOST = 100
_PICK = re.compile(r"([\w-]{1,40}):(\d{1,9})", re.ASCII)
# The steps that make sense for many. What needs a look at the one request is not among them.
STEPS = (
    "accept", "assign", "extend", "close", "verify", "classify", "hold", "resume", "defer", "take_up",
)  # fmt: skip


@dataclass(frozen=True)
class Pick:
    """A row that was ticked: its code, and the version that stood in the list."""

    code: str
    seen: int

    def __str__(self) -> str:
        return f"{self.code}:{self.seen}"


@dataclass(frozen=True)
class Picked:
    """A ticked row as it is now. hinders: why the step is not possible, empty where it is."""

    pick: Pick
    it: Request
    hinders: str

    @property
    def code(self) -> str:
        return receipts.shown(self.it.code)


@dataclass(frozen=True)
class Outcome:
    """What became of one row. tone: how it is marked; told: the sentence."""

    code: str
    words: str
    tone: str
    told: str
    it: Request | None = None


def picks(values: Iterable[str]) -> list[Pick]:
    """The rows that were ticked, each once. Refused where there are none, or too many for one go."""
    found: dict[str, Pick] = {}
    for value in values:
        if match := _PICK.fullmatch(value):
            found.setdefault(match[1], Pick(match[1], int(match[2])))
    if not found:
        raise Refused(_("No request is ticked. Go back, tick those that you mean, then choose the step."))
    if len(found) > MOST:
        raise Refused(_("At most %(most)d requests at a time. Tick fewer of them.") % {"most": MOST})
    return list(found.values())


def ways(user: User) -> list[tuple[str, Any]]:
    """The steps that a list offers for many, by name: those that `user` has a right to somewhere."""
    verbs = {name: f"requests.{name}" for name in STEPS}
    return [
        (name, WAYS[verb].label)
        for name, verb in verbs.items()
        if access.holds(user, audit.VERBS[verb].right)
    ]


def gathered(user: User, verb: str, chosen: list[Pick]) -> list[Picked]:
    """The ticked rows that `user` may see, in the order in which they were ticked."""
    rows = _rows(user, chosen)
    found = [(pick, rows[pick.code]) for pick in chosen if pick.code in rows]
    return [Picked(pick, it, _hindrance(user, verb, it)) for pick, it in found]


def _rows(user: User, chosen: list[Pick]) -> dict[str, Request]:
    rows = Request.objects.visible_to(user).filter(code__in=[pick.code for pick in chosen])
    named = rows.select_related("category", "area", "team", "unit", "post").defer(*PERSONAL)
    return {it.code: it for it in named}


def _hindrance(user: User, verb: str, it: Request) -> str:
    if verb not in LIFECYCLE.verbs_from(it.state):
        return _("It is “%(state)s”, and this step does not follow from there.") % {
            "state": it.get_state_display()
        }
    if not steps.may(user, verb, it):
        return _("Your posts do not allow this step here.")
    return ""


def form_for(user: User, verb: str, rows: list[Picked], *data: Any) -> StepForm | None:
    """One form for all rows that can take the step; None where none can.

    Where the rows lie in several areas it offers whoever serves any of them; each row checks for itself.
    """
    able = {row.it.area_id: row.it for row in rows if not row.hinders}
    if not able:
        return None
    first, *others = able.values()
    form = _form(verb, first, user, *data)
    to = form.fields.get("to")
    if to is not None and hasattr(to, "found"):
        for other in others:
            _offer_also(to, steps.form_for(verb, other, user).fields["to"])
        if sum(not row.hinders for row in rows) > 1:  # what is proposed for the one is not for the others
            form.initial["to"], to.help_text = "" if others else to.nearest(first), ""
    return form


def _form(verb: str, it: Request, user: User, *data: Any) -> StepForm:
    """The step's form without what only one person can have said."""
    form = steps.form_for(verb, it, user, *data)
    form.fields.pop("solved", None)
    return form


def _offer_also(to: Any, other: Any) -> None:
    """Add what another row's field offers."""
    groups: dict[str, dict[str, str]] = {}
    for group, inside in [*to.choices, *other.choices]:
        if isinstance(inside, (list, tuple)):
            groups.setdefault(group, {}).update(inside)
    to.found |= other.found
    to.choices = [("", _("Choose…")), *((group, list(inside.items())) for group, inside in groups.items())]


def run(user: User, verb: str, chosen: list[Pick], sent: QueryDict) -> list[Outcome]:
    """Take the step for each row by itself; what happened to each, in the order in which they were ticked."""
    return [_outcome(user, verb, pick, sent) for pick in chosen]


def _outcome(user: User, verb: str, pick: Pick, sent: QueryDict) -> Outcome:
    it = _rows(user, [pick]).get(pick.code)
    if it is None:
        sentence = _("There is no such request that you may see. Look at its code again.")
        return Outcome(pick.code, "", "stop", sentence)
    given = sent.copy()
    given["seen"] = str(pick.seen)
    tone, told = _taken(user, verb, pick, it, given)
    now = _rows(user, [pick]).get(pick.code)  # what a team gives back is no longer theirs to see
    return Outcome(receipts.shown(it.code), it.headline, tone, told, now)


def _taken(user: User, verb: str, pick: Pick, it: Request, given: QueryDict) -> tuple[str, str]:
    """Take the step for one row: how that is marked, and the sentence."""
    if not steps.may(user, verb, it):
        return "stop", _("Your posts do not allow this step here.")
    form = _form(verb, it, user, given)
    is_valid = form.is_valid()
    if pick.seen != it.version:
        if is_valid and steps.taken_before(verb, it.code, by=user, seen=pick.seen, **form.sent()):
            return "good", audit.sentence(case.last(it))
        return "late", _overtaken(it, pick)
    if not is_valid:
        return "stop", " ".join(str(error) for errors in form.errors.values() for error in errors)
    try:
        steps.run(verb, it, form, by=user)
    except StaleState:
        return "late", _overtaken(it, pick)
    except (Refused, NotPermitted) as refused:
        return "stop", str(refused)
    return "good", audit.sentence(case.last(it))


def _overtaken(it: Request, pick: Pick) -> str:
    """That a colleague was faster, and what they did."""
    told = "; ".join(entry.words for entry in for_staff(case.since(it, pick.seen)))
    return _("A colleague was faster, and nothing was done: %(what)s") % {"what": told or "–"}
