"""A call and what came of it (回访)."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access, audit, door
from shiliu.core.models import User
from shiliu.requests.actions.handling import close, reopen
from shiliu.requests.actions.messages import hear
from shiliu.requests.models import CallBack, Message, Request
from shiliu.requests.states import LIFECYCLE

MOST_TRIES = 3  # local: after so many the call is given up

Outcome = CallBack.Outcome
SPOKEN = (Outcome.REACHED, Outcome.DECLINED)  # somebody was on the telephone, and said something
CALL_BACK = audit.verb("requests.call_back", gettext_lazy("called back"), right="requests.contact")
CALL = audit.verb(
    "requests.call",
    gettext_lazy("asked by telephone whether it is solved, and wrote down the answer"),
    right="requests.close",
)
# Of the request, where nobody said whether it is solved: its entry names the words, as that of `CALL` does.
CALLED = audit.verb("requests.called", gettext_lazy("called, and noted this"), right="requests.contact")


@dataclass(frozen=True)
class Said:
    """What the person said on the telephone, and what follows.

    seen: the version of the request that was on the screen. satisfied: None where they did not say. close:
    with it, if it is solved. reopen: it, if it is not; then what they said is needed.
    """

    solved: bool
    seen: int
    satisfied: bool | None = None
    close: bool = False
    reopen: bool = False


def call(
    call_back: CallBack,
    *,
    outcome: str,
    by: User,
    seen: int,
    said: Said | None = None,
    give_up: bool = False,
    note: str = "",
) -> CallBack:
    """Write down one call. Who was not reached stays on the list until `MOST_TRIES`, or until given up.

    said: needed of whoever was reached to be asked; it goes to the request. note: what the person said; of
    a call that reached nobody, what colleagues should know. It lies in a message, where it can be erased.
    """
    asked = call_back.reason == CallBack.Reason.ASK
    answered = asked and outcome == Outcome.REACHED
    with transaction.atomic():
        with door.change(call_back, CALL_BACK, by=by, seen=seen) as change:
            if call_back.done_at:
                raise door.Refused(_("This call is done already. Open the next one."))
            if asked:
                access.require(by, audit.VERBS[CALL].right, call_back.area_id)
            if answered and said is None:
                raise door.Refused(_("Please choose what the person said: solved or not solved."))
            now, tries = timezone.now(), call_back.tries + 1
            change.set(tries=tries, tried_at=now)
            if outcome != Outcome.NOT_REACHED or give_up or tries >= MOST_TRIES:
                change.set(outcome=outcome, done_at=now, done_by=by)
            heard = hear(call_back.request, note, by=by, spoken=outcome in SPOKEN)
            if heard:
                change.say(message=heard.code)
        if outcome == Outcome.REACHED:  # what they were asked, they have been asked now
            Request.objects.filter(pk=call_back.request_id).update(waits_for_resident=False)
        if answered and said is not None:
            _follow(call_back.request, said, heard, by=by)
        elif heard:
            audit.record(by, CALLED, call_back.request, data={"message": heard.code})
    return call_back


def _follow(request: Request, said: Said, heard: Message | None, *, by: User) -> None:
    answer(request, solved=said.solved, satisfied=said.satisfied, by=by, seen=said.seen, heard=heard)
    if said.solved and said.close:
        close(request, by=by, seen=request.version, solved=True)
    elif not said.solved and said.reopen:
        with translation.override(settings.LANGUAGE_CODE):
            why = _("As was said on the telephone.") if heard else ""
        reopen(request, by=by, seen=request.version, note=why)


def answer(
    request: Request,
    *,
    solved: bool,
    by: User,
    seen: int,
    satisfied: bool | None = None,
    heard: Message | None = None,
) -> Request:
    """What the person said on the telephone; of what they said nothing about, the earlier answer stays.

    heard: their words.
    """
    with door.change(request, CALL, by=by, seen=seen) as change:
        change.step(LIFECYCLE)
        if heard:
            change.say(message=heard.code)
        change.set(solved=solved, satisfied=request.satisfied if satisfied is None else satisfied)
    return request
