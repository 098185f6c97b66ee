"""Requests in the JSON API for staff: the desk's lists, one request, and the very steps that the desk offers.

A step takes the fields of the desk's own form, `seen` among them. `shiliu.api` adds who comes in by a token,
and what an error looks like.
"""

from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja import Router, Status

from shiliu.core import access, audit
from shiliu.core.cursor import Cursor
from shiliu.core.door import OtherContent, StaleState
from shiliu.core.models import User
from shiliu.core.problems import invalid
from shiliu.requests import actions, case, desk, steps
from shiliu.requests.api import shapes
from shiliu.requests.api.bodies import (
    JSON,
    KEY,
    UNFIT,
    as_form,
    filing,
    key_of,
    seen_of,
    takes,
    unanswerable,
    unfit,
    used_before,
    user_of,
)
from shiliu.requests.filing import ProgramForm
from shiliu.requests.models import Category, Request

router = Router()

# Lists ----------------------------------------------------------------------------------------------------


@router.get("/requests", response=shapes.ListOut, summary="A list of the desk")
def listed(
    request: HttpRequest,
    show: str = "",
    area: str = "",
    category: str = "",
    q: str = "",
    after: str = "",
    before: str = "",
) -> shapes.ListOut:
    """The same lists as at the desk, in the same order, page by page. Without `show`: open; with `q`: all.

    `q`: words; or a receipt code, the number of a work order or a whole telephone number.
    """
    user, now = user_of(request), timezone.now()
    _check_list(show=show, after=after, before=before)
    wanted = desk.read(request.GET, "open" if access.holds(user, case.SEES) else desk.OWN)
    desk.require_list(user, wanted)
    if found := case.by_number(user, wanted.q):
        return shapes.ListOut(items=[shapes.row(case.find(user, found.code), now)], next=None, previous=None)
    page = desk.listed(user, wanted, now)
    items = [shapes.row(row.it, now) for row in page.rows]
    return shapes.ListOut(items=items, next=page.next or None, previous=page.previous or None)


def _check_list(*, show: str, after: str, before: str) -> None:
    """At the desk what makes no sense counts as not said; a program is told."""
    errors: dict[str, list[str]] = {}
    if show and show not in desk.SHOWS:
        errors["show"] = [_("There is no such list. There are: %s.") % ", ".join(desk.SHOWS)]
    for name, value in (("after", after), ("before", before)):
        if value and Cursor.read(value) is None:
            errors[name] = [_("This is no place in a list. Use `next` or `previous` as they came.")]
    if errors:
        raise invalid(errors, UNFIT)


# One request ----------------------------------------------------------------------------------------------


@router.get("/requests/{code}", response=shapes.RequestOut, summary="One request")
def detail(request: HttpRequest, code: str) -> shapes.RequestOut:
    """With its story, the oldest first."""
    user = user_of(request)
    return shapes.whole(user, case.find(user, code))


@router.post("/requests/{code}/contact", response=shapes.ContactOut, summary="How to reach the person")
def contact(request: HttpRequest, code: str) -> shapes.ContactOut:
    """That you asked is on record."""
    user = user_of(request)
    return shapes.ContactOut(**actions.show_contact(case.find(user, code), by=user)._asdict())


@router.post(
    "/requests",
    response={201: shapes.RequestOut},
    summary="File for somebody",
    openapi_extra=takes(shapes.FilingIn),
)
def file(request: HttpRequest, body: JSON, idempotency_key: str = KEY) -> Status:
    """The fields of the desk's form, and under `answers` what the category asks, by the questions' names."""
    user = user_of(request)
    access.require_anywhere(user, "requests.ask")
    key = key_of(user, idempotency_key)
    data = filing({"source": Request.Source.PHONE.value} | body | {"key": key})
    form = ProgramForm(data, MultiValueDict(), scope=access.scope_of(user, "requests.ask"))
    if unknown := [name for name in data if name.startswith("q-") and name not in form.asked]:
        raise unanswerable(unknown)
    if not form.is_valid():
        raise unfit(form)
    try:
        made = actions.ask(by=user, **form.values())
    except OtherContent:
        raise used_before() from None
    return Status(201, shapes.whole(user, case.find(user, made.code)))


# Steps ----------------------------------------------------------------------------------------------------


@router.get("/requests/{code}/steps", response=shapes.StepsOut, summary="What you may do now")
def offered(request: HttpRequest, code: str) -> shapes.StepsOut:
    """Each step with the fields that it takes besides `seen`, the version that you saw."""
    user = user_of(request)
    it = case.find(user, code)
    items = [shapes.offer(offer) for offer in steps.offered(user, it)]
    return shapes.StepsOut(version=it.version, items=items)


@router.post("/requests/{code}/steps/{step}", response=shapes.TakenOut, summary="Take a step")
def take(request: HttpRequest, code: str, step: str, body: JSON) -> shapes.TakenOut:
    """The body holds the step's fields and `seen`. A colleague was faster: 409, and what was done since."""
    verb, user = f"requests.{step}", user_of(request)
    if verb not in steps.WAYS:
        raise Http404
    data, seen = as_form(body), seen_of(body)
    if before := case.given_back(user, verb, code, seen=seen, note=data.get("note", "")):
        return shapes.TakenOut(said=audit.sentence(before), request=None)
    it = case.find(user, code)
    steps.require(user, verb, it)
    form = steps.form_for(verb, it, user, data, MultiValueDict())
    if seen not in (None, it.version):
        return _late(user, code, verb, data)
    if not form.is_valid():
        raise unfit(form)
    try:
        steps.run(verb, it, form, by=user)
    except StaleState:
        return _late(user, code, verb, data)
    return _taken(user, it)


def _taken(user: User, it: Request) -> shapes.TakenOut:
    said = audit.sentence(case.last(it))
    whole = shapes.whole(user, case.find(user, it.code)) if case.sees(user, it) else None
    return shapes.TakenOut(said=said, request=whole)


def _late(user: User, code: str, verb: str, data: QueryDict) -> shapes.TakenOut:
    """One's own step that comes again is answered as done; what a colleague did is told, with 409."""
    it, seen = case.find(user, code), seen_of(data) or 0
    data["seen"] = str(it.version)
    form = steps.form_for(verb, it, user, data, MultiValueDict())
    if form.is_valid() and steps.taken_before(verb, code, by=user, seen=seen, **form.sent()):
        return _taken(user, it)
    raise shapes.overtaken(it, seen)


# Reference ------------------------------------------------------------------------------------------------


@router.get("/categories", response=shapes.CategoriesOut, summary="The categories of new requests")
def categories(request: HttpRequest) -> shapes.CategoriesOut:
    """In the order in which they are offered."""
    found = Category.objects.offered().prefetch_related("questions")
    return shapes.CategoriesOut(items=[shapes.category(it) for it in found])
