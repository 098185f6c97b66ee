"""How a request comes in, and into which category it belongs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import areas, audit, door, inserting, search, worktime
from shiliu.core.access import Actor
from shiliu.core.personal import phone_digest
from shiliu.core.pictures import Picture
from shiliu.core.sounds import Sound
from shiliu.grid.models import Area
from shiliu.requests import deadlines, routing, rules  # noqa: F401  rules registers the rights
from shiliu.requests.models import Category, Kind, Message, Milestone, Photo, Recording, Request
from shiliu.requests.states import LIFECYCLE
from shiliu.requests.tasks import route, tell_resident

ASK = audit.verb(
    "requests.ask",
    gettext_lazy("asked for this"),
    masks=("words", "answers", "address", "lat", "long"),
)
URGENCY = audit.verb(
    "requests.set_urgency", gettext_lazy("marked it as %(urgency)s"), right="requests.accept"
)
CLASSIFY = audit.verb(
    "requests.classify", gettext_lazy("put it into the category “%(name)s”"), right="requests.accept"
)


@dataclass(frozen=True)
class Place:
    """Where it is, in degrees of WGS-84; kept only where the exact place is the matter."""

    lat: Decimal
    long: Decimal


@dataclass(frozen=True)
class Order:
    """A work order of another system, such as the 12345 hotline: its number, and its deadline if any."""

    source: str
    number: str
    due_at: datetime | None = None


def ask(
    *,
    by: Actor,
    category: Category,
    area: Area,
    words: str,
    source: str = Request.Source.WEB,
    contact_name: str = "",
    contact_phone: str = "",
    contact_email: str = "",
    answers: Mapping[str, Any] | None = None,
    address: str = "",
    place: Place | None = None,
    pictures: Sequence[Picture] = (),
    recording: Sound | None = None,
    order: Order | None = None,
    key: str = "",
) -> Request:
    """Store what somebody asks for; `key` makes the same submission sent twice one request.

    answers: by the name of the category's question: text, or a list of texts. The deadlines are the
    category's, in working time, unless an order brings its own. A request has no first contact yet.
    """
    if not words.strip() and recording is None:
        raise door.Refused(_("Please write what it is about."))
    if area.level == areas.COUNTY:
        raise door.Refused(_("Please say in which community it is."))
    if not category.is_offered:
        raise door.Refused(_("That category is no longer used. Choose another one."))
    now = timezone.now()
    given = order.due_at if order else None
    due_at = given or deadlines.due(now, category.due_amount, category.due_unit)
    if not category.place_matters:
        place = None
    request = Request(
        category=category,
        area=area,
        words=words.strip(),
        source=source,
        received_at=now,
        due_is_given=given is not None,
        **deadlines.running(now, due_at, category.warn_percent),
        is_urgent=category.is_urgent,
        answers=dict(answers or {}),
        address=address.strip(),
        lat=place.lat if place else None,
        long=place.long if place else None,
        order_source=order.source if order else "",
        order_number=order.number if order else "",
        contact_name=contact_name,
        contact_phone=contact_phone,
        contact_email=contact_email,
        contact_phone_digest=phone_digest(contact_phone) if contact_phone else "",
    )
    with door.together():
        asked = routing.Asked(category.pk, area.code, request.words)
        later = ((route, ()),) if routing.may_be_automatic(asked) else ()
        sent = [picture.digest for picture in pictures] + ([recording.digest] if recording else [])
        stored = door.create(request, ASK, by=by, key=key, later=later, beside=sent)
        if stored is request:  # else it is the one that this key made before, with all that belongs to it
            search.index("requests.request", request.code, at=now, text=request.findable, area=area.code)
            _add_milestones(request)
            add_photos(request, pictures)
            if recording:
                add_recording(request, recording)
    return stored


def classify(request: Request, *, to: Category, by: Actor, seen: int) -> Request:
    """Put it into the right category; the deadlines become that one's, since the clock began to run.

    A deadline that came with a work order stays: it is not ours to change. Of a later one the person is told
    who has been told already that it is taken on.
    """
    with door.change(request, CLASSIFY, by=by, seen=seen) as change:
        change.step(LIFECYCLE)
        if to.pk == request.category_id:  # it would take back an extended deadline, and say nothing
            raise door.Refused(_("It is in this category already. Choose another one."))
        if not to.is_offered:
            raise door.Refused(_("That category is no longer used. Choose another one."))
        change.set(category=to, is_urgent=request.is_urgent or to.is_urgent)
        due_at = request.due_at
        if not request.due_is_given:
            due_at = deadlines.due(request.clock_began, to.due_amount, to.due_unit)
        if due_at != request.due_at:  # of the same one higher up is told already, if it is
            change.set(**deadlines.running(request.clock_began, due_at, to.warn_percent))
        if due_at > request.due_at and request.contacted_at:
            change.later(tell_resident, request.code, seen + 1)
        change.say(name=to.name, until=worktime.last_day(due_at))
        request.category = to
        request.milestones.filter(met_at=None).delete()
        _set_milestones(request)
    return request


def set_urgency(request: Request, *, urgent: bool, by: Actor, seen: int) -> Request:
    """Mark it urgent, or no longer; the deadline stays."""
    with door.change(request, URGENCY, by=by, seen=seen) as change:
        change.step(LIFECYCLE)
        if request.is_urgent == urgent:
            raise door.Refused(_("It is marked so already."))
        change.set(is_urgent=urgent)
        change.say(urgency=_("urgent") if urgent else _("not urgent"))
    return request


def add_photos(
    request: Request,
    pictures: Sequence[Picture],
    taken: Photo.Taken = Photo.Taken.ASKED,
    message: Message | None = None,
) -> None:
    """Store pictures with a request; within the transaction of the action that brings them."""
    for picture in pictures:
        photo = Photo(
            request=request, taken=taken, message=message, width=picture.width, height=picture.height
        )
        photo.picture.save(f"{photo.code}.jpg", ContentFile(picture.content), save=False)
        photo.thumbnail.save(f"{photo.code}-small.jpg", ContentFile(picture.thumbnail), save=False)
        photo.save()


def add_recording(request: Request, sound: Sound, message: Message | None = None) -> None:
    """Store a spoken note with a request; within the transaction of the action that brings it."""
    kept = Recording(request=request, message=message, seconds=sound.seconds)
    kept.sound.save(f"{kept.code}.ogg", ContentFile(sound.content), save=False)
    kept.save()


def _set_milestones(request: Request) -> None:
    """The category's further deadlines, since the clock began to run; what is met stays as it is."""
    _add_milestones(request, set(request.milestones.values_list("kind", "name")))


def _add_milestones(request: Request, met: Collection[tuple[str, str]] = ()) -> None:
    wanted = [it for it in request.category.milestones.all() if (it.kind, it.name) not in met]
    inserting.insert_all(
        [
            Milestone(
                request=request,
                kind=rule.kind,
                name=rule.name,
                due_at=deadlines.due(
                    request.received_at if rule.kind == Kind.CONTACT else request.clock_began,
                    rule.amount,
                    rule.unit,
                ),
                met_at=request.contacted_at if rule.kind == Kind.CONTACT else None,
            )
            for rule in wanted
        ]
    )
