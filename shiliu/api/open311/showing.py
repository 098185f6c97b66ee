"""Services and requests as Open311 shows them.

Of a request the public reads what it is about, where, and how it goes: never its words, its receipt code, an
exact place or address, pictures or a person.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from shiliu.api.open311.reading import Wanted
from shiliu.grid.models import Area, Boundary
from shiliu.grid.town import inside
from shiliu.requests import public_ids, published, questions
from shiliu.requests.models import PERSONAL, Category, CategoryQuestion, Request, RequestQuerySet
from shiliu.requests.published import Note

LISTS = (CategoryQuestion.Datatype.ONE_OF, CategoryQuestion.Datatype.MANY_OF)
# When what /discovery says last changed, other than by this install's settings.
CHANGED = "2026-11-27T00:00:00+08:00"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
Shown = dict[str, Any]
Centre = tuple[Decimal, Decimal]


def discovery(here: Area) -> Shown:
    """Where this server is, and how one gets a key."""
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{settings.BASE_URL}/open311",
        "changeset": CHANGED,
        "type": "production" if settings.PRODUCTION else "test",
        "formats": ["text/xml", "application/json"],
    }
    return {
        "changeset": CHANGED,
        "contact": f"{here.name} {settings.BASE_URL}/",
        "key_service": _("Ask the administrator of %(town)s for a key.") % {"town": here.name},
        "endpoints": [endpoint],
    }


# Services -------------------------------------------------------------------------------------------------


def services() -> list[Shown]:
    offered = Category.objects.offered().prefetch_related("questions")
    return [_service(category) for category in offered]


def _service(category: Category) -> Shown:
    return {
        "service_code": category.code,
        "service_name": str(category),
        "description": category.description,
        "metadata": bool(questions.asked(category)),
        "type": "realtime",
        "keywords": _comma_list(category.keywords),
        "group": category.group,
    }


def _comma_list(words: str) -> str:
    for mark in "、，；;":
        words = words.replace(mark, ",")
    return ",".join(word.strip() for word in words.split(",") if word.strip())


def definition(category: Category) -> Shown:
    """What a service asks; nothing where it asks nothing."""
    asked = enumerate(questions.asked(category), start=1)
    return {"service_code": category.code, "attributes": [_attribute(n, question) for n, question in asked]}


def _attribute(order: int, question: CategoryQuestion) -> Shown:
    shown: Shown = {
        "variable": True,
        "code": question.name,
        "datatype": question.datatype,
        "required": question.is_required,
        "datatype_description": question.hint,
        "order": order,
        "description": str(question),
    }
    if question.datatype in LISTS:
        shown["values"] = [{"key": key, "name": name} for key, name in question.choices]
    return shown


# Requests -------------------------------------------------------------------------------------------------


def found(wanted: Wanted, here: Area) -> list[Shown]:
    """The public requests that are asked for, the latest first."""
    rows = _public(here)
    if wanted.ids:
        rows = rows.filter(pk__in=[pk for pk in map(public_ids.find, wanted.ids) if pk])
    else:
        rows = rows.filter(_asked(wanted))
    return _shown(list(rows.order_by("-received_at", "-pk")[wanted.rows]), wanted.extensions)


def one(public_id: str, here: Area, *, extensions: bool) -> list[Shown]:
    """The one with this id, as a list; empty where there is none that the public may see."""
    return _shown(list(_public(here).filter(pk=public_ids.find(public_id) or 0)), extensions)


def _public(here: Area) -> RequestQuerySet:
    rows = Request.objects.public().within(inside(here))
    return rows.select_related("category", "area", "team", "unit", "post").defer("words", *PERSONAL)


def _asked(wanted: Wanted) -> Q:
    asked = Q(received_at__gte=wanted.start, received_at__lte=wanted.end)
    if wanted.services:
        asked &= Q(category__in=wanted.services)
    if len(wanted.statuses) == 1:
        asked &= Q(is_open__in=["open" in wanted.statuses])
    return asked


def _shown(requests: list[Request], extensions: bool) -> list[Shown]:
    centres, steps = _centres({it.area_id for it in requests}), published.steps(requests)
    return [_request(it, centres.get(it.area_id), steps.get(it.code, []), extensions) for it in requests]


def _centres(codes: Iterable[str]) -> Mapping[str, Centre]:
    """By area, latitude and longitude of the middle of what its boundary spans: as exact as we tell."""
    boxes = Boundary.objects.filter(area__in=list(codes))
    spans = boxes.values_list("area_id", "south", "north", "west", "east")
    return {
        code: (round((south + north) / 2, 6), round((west + east) / 2, 6))
        for code, south, north, west, east in spans
    }


def _request(it: Request, centre: Centre | None, steps: list[Note], extensions: bool) -> Shown:
    shown: Shown = {
        "service_request_id": public_ids.public_id(it),
        "status": "open" if it.closed_at is None else "closed",
        "status_notes": it.get_state_display(),
        "service_name": str(it.category),
        "service_code": it.category.code,
        "description": None,
        "agency_responsible": str(it.lead) if it.lead else None,
        "service_notice": None,
        "requested_datetime": it.received_at,
        "updated_datetime": _updated(it, steps),
        "expected_datetime": it.due_at,
        "address": it.area.name,
        "address_id": it.area_id,
        "zipcode": None,
        "lat": centre[0] if centre else None,
        "long": centre[1] if centre else None,
        "media_url": None,
    }
    return shown | _extended(it, steps) if extensions else shown


def _updated(it: Request, steps: list[Note]) -> datetime:
    """When it was closed; else when something last happened."""
    if it.closed_at:
        return it.closed_at
    return max([it.received_at, *(step.at for step in steps)])


def _extended(it: Request, steps: list[Note]) -> Shown:
    return {
        "extended_attributes": {"state": it.state, "group": it.category.group},
        "notes": [
            {"datetime": step.at, "type": step.verb.removeprefix("requests."), "description": step.words}
            for step in steps
        ],
    }
