"""How a request comes in, and into which category it belongs."""

from collections.abc import Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import areas, audit, door, worktime
from shiliu.core.access import Actor
from shiliu.core.personal import phone_digest
from shiliu.core.pictures import Picture
from shiliu.grid.models import Area
from shiliu.requests import rules  # noqa: F401  registers the rights
from shiliu.requests.models import Category, Kind, Milestone, Photo, Request
from shiliu.requests.states import LIFECYCLE
from shiliu.requests.tasks import index

ASK = audit.verb("requests.ask", gettext_lazy("asked for this"), masks=("words",))
CLASSIFY = audit.verb(
    "requests.classify", gettext_lazy("put it into the category “%(name)s”"), right="requests.accept"
)


def ask(
    *,
    by: Actor,
    category: Category,
    area: Area,
    words: str,
    source: str = Request.Source.WEB,
    contact_name: str = "",
    contact_phone: str = "",
    pictures: Sequence[Picture] = (),
    key: str = "",
) -> Request:
    """Store what somebody asks for; `key` makes the same submission sent twice one request.

    The deadlines are the category's, in working time. A request has no first contact yet.
    """
    if not words.strip():
        raise door.Refused(_("Please write what it is about."))
    if area.level == areas.COUNTY:
        raise door.Refused(_("Please say in which community it is."))
    if not category.is_offered:
        raise door.Refused(_("That category is no longer used. Choose another one."))
    now = timezone.now()
    request = Request(
        category=category,
        area=area,
        words=words.strip(),
        source=source,
        received_at=now,
        due_at=_due(now, category.due_amount, category.due_unit),
        contact_name=contact_name,
        contact_phone=contact_phone,
        contact_phone_digest=phone_digest(contact_phone) if contact_phone else "",
    )
    with transaction.atomic():
        sent = [picture.digest for picture in pictures]
        stored = door.create(request, ASK, by=by, key=key, later=((index, ()),), beside=sent)
        if stored is request:  # else it is the one that this key made before, with all that belongs to it
            _set_milestones(request)
            add_photos(request, pictures)
    return stored


def classify(request: Request, *, to: Category, by: Actor, seen: int) -> Request:
    """Put it into the right category; the deadlines become that one's, from the receipt on."""
    with door.change(request, CLASSIFY, by=by, seen=seen) as change:
        change.step(LIFECYCLE)
        if to.pk == request.category_id:  # it would take back an extended deadline, and say nothing
            raise door.Refused(_("It is in this category already. Choose another one."))
        if not to.is_offered:
            raise door.Refused(_("That category is no longer used. Choose another one."))
        change.set(category=to, due_at=_due(request.received_at, to.due_amount, to.due_unit))
        change.say(name=to.name)
        request.category = to
        request.milestones.filter(met_at=None).delete()
        _set_milestones(request)
    return request


def add_photos(request: Request, pictures: Sequence[Picture], taken: Photo.Taken = Photo.Taken.ASKED) -> None:
    """Store pictures with a request; within the transaction of the action that brings them."""
    for picture in pictures:
        photo = Photo(request=request, taken=taken, width=picture.width, height=picture.height)
        photo.picture.save(f"{photo.code}.jpg", ContentFile(picture.content), save=False)
        photo.thumbnail.save(f"{photo.code}-small.jpg", ContentFile(picture.thumbnail), save=False)
        photo.save()


def _set_milestones(request: Request) -> None:
    """The category's further deadlines, reckoned from the receipt; what is met stays as it is."""
    met = set(request.milestones.values_list("kind", "name"))
    Milestone.objects.bulk_create(
        Milestone(
            request=request,
            kind=rule.kind,
            name=rule.name,
            due_at=_due(request.received_at, rule.amount, rule.unit),
            met_at=request.contacted_at if rule.kind == Kind.CONTACT else None,
        )
        for rule in request.category.milestones.all()
        if (rule.kind, rule.name) not in met
    )


def _due(start: datetime, amount: int, unit: str) -> datetime:
    """When it is due; the calendar is read as far as the amount can reach in working time."""
    years = 1 + amount // 100
    calendar = worktime.Calendar.load(start.year - 1, start.year + years)
    return worktime.deadline(start, amount, worktime.Unit(unit), calendar).at
