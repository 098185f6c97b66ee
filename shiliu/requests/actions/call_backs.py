"""Who is to be called: put on the list by the step that makes it necessary, taken off by the one that makes
it needless, each in the step's own transaction: the list and the request never say different things.
"""

from django.utils import timezone
from django.utils.translation import gettext_lazy

from shiliu.core import audit, door
from shiliu.core.access import System
from shiliu.core.models import AuditEntry, User
from shiliu.requests.models import CallBack, Notice, Request

SYSTEM = System("call-backs")
PLAN = audit.verb(
    "requests.plan_call_back", gettext_lazy("put it on the call-back list"), right="requests.contact"
)
END = audit.verb(
    "requests.end_call_back", gettext_lazy("took it off the call-back list"), right="requests.contact"
)


def plan_call_back(
    request: Request, *, reason: str = CallBack.Reason.ASK, words: str = ""
) -> CallBack | None:
    """Put the person on the list; None where no phone is known. Safe to run twice: one waits at a time.

    words: what they are to be told; of one who waits already, the latest words hold.
    """
    if not request.contact_phone_digest:
        return None
    waiting = _waiting(request, reason)
    if waiting is None:
        made = CallBack(
            request=request, area_id=request.area_id, reason=reason, words=words, made_at=timezone.now()
        )
        try:
            return door.create(made, PLAN, by=SYSTEM)
        except door.Refused:  # somebody else was faster: the database keeps one
            waiting = _waiting(request, reason)
    if waiting is not None and words and words != waiting.words:
        with door.change(waiting, PLAN, by=SYSTEM, seen=waiting.version) as change:
            change.set(words=words)
    return waiting


def end_call_back(request: Request, *, called_by: User | None = None) -> None:
    """Nobody need ask any more whether it is solved: the person has said so, or it is in hand again.

    called_by: who had them on the telephone, if that is how they said so.
    """
    if waiting := _waiting(request, CallBack.Reason.ASK):
        _end(waiting, called_by)


def end_telling(request: Request, *verbs: str) -> None:
    """What the person was to be told of these steps is no longer so; without any, of whatever it was.

    Where something else waits to be told, somebody still calls, and reads what is so now.
    """
    waiting = _waiting(request, CallBack.Reason.TELL) if request.contact_phone_digest else None
    if waiting is None:
        return
    if not verbs or all(entry.verb in verbs for entry in untold(waiting)):
        _end(waiting, None)
    elif waiting.words:
        with door.change(waiting, PLAN, by=SYSTEM, seen=waiting.version) as change:
            change.set(words="")


def untold(call_back: CallBack) -> list[AuditEntry]:
    """The steps that the person is to be told by telephone and has not been yet, oldest first."""
    request = call_back.request
    told = request.call_backs.filter(reason=CallBack.Reason.TELL, done_at__isnull=False)
    notices = request.notices.filter(channel=Notice.Channel.CALL).select_related("entry").order_by("entry_id")
    if last := told.order_by("-done_at").first():
        notices = notices.filter(made_at__gt=last.done_at)
    return [notice.entry for notice in notices]


def _end(waiting: CallBack, called_by: User | None) -> None:
    outcome = CallBack.Outcome.REACHED if called_by else CallBack.Outcome.NOT_NEEDED
    with door.change(waiting, END, by=SYSTEM, seen=waiting.version) as change:
        change.set(outcome=outcome, done_at=timezone.now(), done_by=called_by)


def _waiting(request: Request, reason: str) -> CallBack | None:
    return CallBack.objects.waiting().filter(request=request, reason=reason).first()
