"""Every step of a request with input that is good, for tests that hold of all of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from shiliu.core.access import Actor
from shiliu.requests import actions
from shiliu.requests.models import Kind, Request
from shiliu.volunteers.models import Team
from tests import factories

Act = Callable[..., Any]


def _assign(it: Request, **how: Any) -> Any:
    return actions.assign(it, to=Team.objects.get(code="T-other"), **how)


def _classify(it: Request, **how: Any) -> Any:
    return actions.classify(it, to=factories.category(name="水管"), **how)


def _join(it: Request, **how: Any) -> Any:
    return actions.join(it, doer=Team.objects.get(code="T-other"), words="带上梯子", **how)


def _merge(it: Request, **how: Any) -> Any:
    return actions.merge(it, into=factories.request(it.area, it.category), **how)


def _hold(it: Request, **how: Any) -> Any:
    return actions.hold(it, until=timezone.localdate() + timedelta(days=1), note="等配件", **how)


def _extend(it: Request, **how: Any) -> Any:
    return actions.extend(it, until=timezone.now() + timedelta(days=90), note="还差配件", **how)


def _move(it: Request, **how: Any) -> Any:
    return actions.move(it, to=it.area, address=f"第{it.version}栋", **how)


def _urgency(it: Request, **how: Any) -> Any:
    return actions.set_urgency(it, urgent=not it.is_urgent, **how)


def _reach(it: Request, **how: Any) -> Any:
    with transaction.atomic():  # where it is refused, the milestone is gone too
        part = it.milestones.create(kind=Kind.PARTIAL, name=f"第{it.version}步", due_at=timezone.now())
        return actions.reach(it, milestone=part, **{"note": "先通了水"} | how)


def _with_words(act: Act) -> Act:
    return lambda it, **how: act(it, note="说明一下", **how)


ACTS: dict[str, Act] = {
    "requests.accept": actions.accept,
    "requests.refuse": _with_words(actions.refuse),
    "requests.assign": _assign,
    "requests.take": actions.take,
    "requests.report": _with_words(actions.report),
    "requests.verify": actions.verify,
    "requests.close": actions.close,
    "requests.reopen": _with_words(actions.reopen),
    "requests.return": _with_words(actions.return_),
    "requests.hold": _hold,
    "requests.resume": actions.resume,
    "requests.extend": _extend,
    "requests.defer": _with_words(actions.defer),
    "requests.take_up": actions.take_up,
    "requests.merge": _merge,
    "requests.transfer": _with_words(actions.transfer),
    "requests.classify": _classify,
    "requests.join": _join,
    "requests.move": _move,
    "requests.set_urgency": _urgency,
    "requests.reach": _reach,
    "requests.call": lambda it, **how: actions.answer(it, solved=True, **how),
    "requests.confirm": actions.confirm,
    "requests.dispute": _with_words(actions.dispute),
    "requests.satisfied": lambda it, **how: actions.rate(it, satisfied=True, **how),
    "requests.dissatisfied": lambda it, **how: actions.rate(it, satisfied=False, **how),
    "requests.withdraw": actions.withdraw,
}
NEED_WORDS: dict[str, Act] = {
    "requests.refuse": actions.refuse,
    "requests.report": actions.report,
    "requests.reach": _reach,
    "requests.reopen": actions.reopen,
    "requests.return": actions.return_,
    "requests.hold": lambda it, **how: actions.hold(it, until=timezone.localdate() + timedelta(1), **how),
    "requests.extend": lambda it, **how: actions.extend(it, until=timezone.now() + timedelta(90), **how),
    "requests.defer": actions.defer,
    "requests.transfer": actions.transfer,
    "requests.dispute": actions.dispute,
}


def act(verb: str, it: Request, *, by: Actor, seen: int | None = None) -> Any:
    """Take the step on what is stored, as somebody who has just opened it (or has seen an older version)."""
    fresh = Request.objects.get(pk=it.pk)
    return ACTS[verb](fresh, by=by, seen=fresh.version if seen is None else seen)
