"""What is written about a request: to the person who asked, by that person, and among staff.

The words lie in the `Message` row alone, so that they can be erased; the story's entry names the message.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access, audit, door
from shiliu.core.access import Actor
from shiliu.core.models import User
from shiliu.core.personal import scan_personal
from shiliu.core.pictures import Picture
from shiliu.core.sounds import Sound
from shiliu.requests import rules
from shiliu.requests.actions.asking import add_photos, add_recording
from shiliu.requests.actions.handling import contacted
from shiliu.requests.models import Message, Photo, Request
from shiliu.requests.tasks import tell_resident

WORKS, ANSWERS = "requests.report", "requests.answer"
TELL = audit.verb("requests.tell", gettext_lazy("wrote to the resident"), right=WORKS)
INQUIRE = audit.verb("requests.inquire", gettext_lazy("asked the resident something"), right=WORKS)
NOTE = audit.verb("requests.note", gettext_lazy("wrote a note for colleagues"), right=WORKS)
ADD = audit.verb("requests.add", gettext_lazy("wrote more about it"), right=ANSWERS)
READ = audit.verb("requests.read", gettext_lazy("read what the resident wrote"), right=WORKS)
# Of the message itself.
WRITE = audit.verb("requests.write", gettext_lazy("wrote this"), right=WORKS, masks=("words",))
HEAR = audit.verb(
    "requests.hear",
    gettext_lazy("wrote down what was said on the telephone"),
    right="requests.contact",
    masks=("words",),
)
SAY = audit.verb("requests.say", gettext_lazy("said this"), right=ANSWERS, masks=("words",))

MOST_UNREAD = 20  # so many messages of one person may wait to be read: more is no help to anybody


def tell(
    request: Request,
    *,
    words: str,
    asks: bool = False,
    by: Actor,
    seen: int,
    key: str = "",
    read: datetime | None = None,
) -> Message:
    """Write to the person who asked; `asks`: and wait for an answer.

    read: when the page was made on which the resident's words were read; those are answered by this. None
    where all of them were.
    """
    if asks and not may_answer(request):
        raise door.Refused(_("It ended too long ago for an answer. Write without asking, or call."))
    message = _message(request, Message.Kind.TO_RESIDENT, words, by, asks=asks)
    with transaction.atomic():
        # Without a question nothing is waited for any more: what was asked before is answered, or given up.
        flags = {"waits_for_resident": asks} if asks or request.waits_for_resident else {}
        stored = _write(message, INQUIRE if asks else TELL, by=by, seen=seen, key=key, **flags)
        if stored is message:
            mark_read(request, read or message.at)
    return stored


def note(request: Request, *, words: str, by: Actor, seen: int, key: str = "") -> Message:
    """Write something for colleagues, which the person who asked never reads."""
    return _write(_message(request, Message.Kind.NOTE, words, by), NOTE, by=by, seen=seen, key=key)


def add(
    request: Request,
    *,
    words: str = "",
    pictures: Sequence[Picture] = (),
    recording: Sound | None = None,
    by: Actor,
    key: str = "",
) -> Message:
    """The person who asked writes or says more, or sends photos; while it is open or can be reopened.

    It moves nothing on, so it has no version to be late for and makes none: it is stored whatever staff did
    meanwhile, and a form that a colleague has open stays good. What keeps it from being overlooked is
    `wrote_at`, which only a page that was made later takes back (`mark_read`).
    """
    if not may_answer(request):
        raise door.Refused(_("It ended too long ago to add something. Please ask anew, and give this code."))
    if not (words.strip() or pictures or recording):
        raise door.Refused(_("Please write something, choose a photo, or record it."))
    if _unread(request) >= MOST_UNREAD:
        raise door.Refused(_("What you wrote before has not been read yet. Please wait for it, or call us."))
    message = _message(request, Message.Kind.FROM_RESIDENT, words, by)
    sent = [picture.digest for picture in pictures] + ([recording.digest] if recording else [])
    with transaction.atomic():
        stored = door.create(message, SAY, by=by, key=key, beside=sent)
        if stored is message:
            since = Coalesce("wrote_at", message.at)
            Request.objects.filter(pk=request.pk).update(wrote_at=since, waits_for_resident=False)
            audit.record(by, ADD, request, data={"message": message.code})
            add_photos(request, pictures, Photo.Taken.ADDED, message)
            if recording:
                add_recording(request, recording, message)
    return stored


def say(change: door.Change, words: str, *, by: Actor) -> None:
    """What the person who asked says with a step: a message of its own, which staff have to read."""
    request: Any = change.obj
    message = _message(request, Message.Kind.FROM_RESIDENT, words, by)
    door.create(message, SAY, by=by)
    change.say(message=message.code)
    change.set(wrote_at=request.wrote_at or message.at)


def hear(request: Request, words: str, *, by: Actor, spoken: bool) -> Message | None:
    """What came of a call, in words: the person's own, which are erased in time; or, where nobody spoke, the
    caller's for colleagues. None where there are none.
    """
    if not words.strip():
        return None
    kind = Message.Kind.FROM_RESIDENT if spoken else Message.Kind.NOTE
    return door.create(_message(request, kind, words, by), HEAR, by=by)


def read(request: Request, *, by: Actor, until: datetime) -> None:
    """Somebody has read what the person wrote until `until`, when the page was made; no answer is needed."""
    where = rules.serving_area(by, request)
    access.require(by, audit.VERBS[READ].right, where)
    with transaction.atomic():
        if mark_read(request, until):
            audit.record(by, READ, request)


def mark_read(request: Request, until: datetime) -> bool:
    """Take the mark of unread words back, or forward to those that came after `until`; whether there was one.

    After what was done about them, never before it. No version is made: nobody's form is about it.
    """
    if request.wrote_at is None or request.wrote_at > until:
        return False
    later = Message.objects.filter(request=OuterRef("pk"), kind=Message.Kind.FROM_RESIDENT, at__gt=until)
    since = Subquery(later.order_by("at").values("at")[:1])
    marked = Request.objects.filter(pk=request.pk, wrote_at__lte=until)
    return bool(marked.update(wrote_at=since))


def _unread(request: Request) -> int:
    """How many messages of the person wait to be read."""
    if request.wrote_at is None:
        return 0
    return request.messages.filter(kind=Message.Kind.FROM_RESIDENT, at__gte=request.wrote_at).count()


def may_answer(request: Request) -> bool:
    """Whether the time for it is not over: as many days after the end as the category says."""
    if request.closed_at is None:
        return True
    return timezone.now() <= request.closed_at + timedelta(days=request.category.reopen_days)


def refuse_numbers(words: str) -> None:
    """Refused where words hold an ID or telephone number: they are read by many, and kept."""
    if found := scan_personal(words):
        kinds = "、".join(dict.fromkeys(str(one.kind.label) for one in found))
        sentence = _("Please take the personal number out of your text (%(kinds)s).")
        raise door.Refused(sentence % {"kinds": kinds})


def _message(request: Request, kind: str, words: str, by: Actor, *, asks: bool = False) -> Message:
    refuse_numbers(words)
    author = by if isinstance(by, User) else None
    now = timezone.now()
    return Message(request=request, kind=kind, words=words.strip(), asks=asks, by=author, at=now)


def _write(message: Message, verb: str, *, by: Actor, seen: int, key: str, **flags: bool) -> Message:
    """Store what staff write, and the entry of the request's story that names it."""
    if not message.words:
        raise door.Refused(_("Please write a few words: they are part of this step."))
    request = message.request
    where = rules.serving_area(by, request)
    with transaction.atomic():
        stored = door.create(message, WRITE, by=by, key=key, where=where)
        if stored is not message:  # the same form, sent twice
            return stored
        with door.change(request, verb, by=by, seen=seen, where=where) as change:
            change.set(**flags)
            change.say(message=message.code)
            if verb != NOTE:
                contacted(request, change, by)
                change.later(tell_resident, request.code, seen + 1)
    return message
