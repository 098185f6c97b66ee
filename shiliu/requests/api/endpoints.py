"""Requests in the JSON API for staff: the desk's lists, one request, and the very steps that the desk offers.

A step takes the fields of the desk's own form, `seen` among them. `shiliu.api` adds who comes in by a token,
and what an error looks like.
"""

import uuid
from typing import Annotated, Any

from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja import Body, Header, Router, Status

from shiliu.core import access, audit
from shiliu.core.cursor import Cursor
from shiliu.core.door import OtherContent, StaleState
from shiliu.core.models import User
from shiliu.core.problems import Problem, invalid
from shiliu.requests import actions, case, desk, rules, steps
from shiliu.requests.api import shapes
from shiliu.requests.api.bodies import UNFIT, as_form, filing, seen_of, takes, unanswerable, unfit
from shiliu.requests.filing import ProgramForm
from shiliu.requests.models import Category, Request

router = Router()
JSON = Annotated[dict[str, Any], Body()]
KEY = Header("", alias="Idempotency-Key", description="The same one twice is one request.")


def _user(request: HttpRequest) -> User:
    """Whose token it is: the shell lets nobody else come here."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


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
    """The same lists as at the desk, in the same order, page by page. Without `show`: open; with `q`: all."""
    user, now = _user(request), timezone.now()
    _check_list(show=show, after=after, before=before)
    wanted = desk.read(request.GET, "open" if access.holds(user, case.SEES) else "mine")
    if wanted.show.key != "mine":
        rules.require_anywhere(user, case.SEES)
    elif not rules.serves_any(user):
        raise Problem(
            403, _("This list is for whoever requests are given to. Ask the coordinator which team is yours.")
        )
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
    user = _user(request)
    return shapes.whole(user, case.find(user, code))


@router.post("/requests/{code}/contact", response=shapes.ContactOut, summary="How to reach the person")
def contact(request: HttpRequest, code: str) -> shapes.ContactOut:
    """That you asked is on record."""
    user = _user(request)
    name, phone = actions.show_contact(case.find(user, code), by=user)
    return shapes.ContactOut(name=name, phone=phone)


@router.post(
    "/requests",
    response={201: shapes.RequestOut},
    summary="File for somebody",
    openapi_extra=takes(shapes.FilingIn),
)
def file(request: HttpRequest, body: JSON, idempotency_key: str = KEY) -> Status:
    """The fields of the desk's form, and under `answers` what the category asks, by the questions' names."""
    user = _user(request)
    rules.require_anywhere(user, "requests.ask")
    key = uuid.uuid5(uuid.NAMESPACE_OID, f"{user.pk}:{idempotency_key}") if idempotency_key else uuid.uuid4()
    data = filing({"source": Request.Source.PHONE.value} | body | {"key": str(key)})
    form = ProgramForm(data, MultiValueDict(), scope=access.scope_of(user, "requests.ask"))
    if unknown := [name for name in data if name.startswith("q-") and name not in form.asked]:
        raise unanswerable(unknown)
    if not form.is_valid():
        raise unfit(form)
    try:
        made = actions.ask(by=user, **form.values())
    except OtherContent:
        raise Problem(422, _("This Idempotency-Key was used for something else. Use a new one.")) from None
    return Status(201, shapes.whole(user, case.find(user, made.code)))


# Steps ----------------------------------------------------------------------------------------------------


@router.get("/requests/{code}/steps", response=shapes.StepsOut, summary="What you may do now")
def offered(request: HttpRequest, code: str) -> shapes.StepsOut:
    """Each step with the fields that it takes besides `seen`, the version that you saw."""
    user = _user(request)
    it = case.find(user, code)
    items = [shapes.offer(offer) for offer in steps.offered(user, it)]
    return shapes.StepsOut(version=it.version, items=items)


@router.post("/requests/{code}/steps/{step}", response=shapes.TakenOut, summary="Take a step")
def take(request: HttpRequest, code: str, step: str, body: JSON) -> shapes.TakenOut:
    """The body holds the step's fields and `seen`. A colleague was faster: 409, and what was done since."""
    verb, user = f"requests.{step}", _user(request)
    if verb not in steps.WAYS:
        raise Http404
    it = case.find(user, code)
    if not steps.may(user, verb, it):
        access.require(user, audit.VERBS[verb].right, it.area_id)
        raise Problem(403, _("This request went to another team. Ask the coordinator if it should be yours."))
    data, seen = as_form(body), seen_of(body)
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
    raise Problem(
        409,
        _("A colleague was faster: this has changed since you opened it. Look again, then repeat."),
        version=it.version,
        since=[shapes.done(entry).model_dump() for entry in case.since(it, seen)],
    )


# Reference ------------------------------------------------------------------------------------------------


@router.get("/categories", response=shapes.CategoriesOut, summary="The categories of new requests")
def categories(request: HttpRequest) -> shapes.CategoriesOut:
    """In the order in which they are offered."""
    found = Category.objects.offered().prefetch_related("questions")
    return shapes.CategoriesOut(items=[shapes.category(it) for it in found])
