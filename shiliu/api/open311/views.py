"""Open311 GeoReport v2: each address in XML and JSON; every fault is the specification's list of errors."""

import functools
import hashlib
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from shiliu.api import keys
from shiliu.api.models import Client
from shiliu.api.open311 import filing, reading, showing, writing
from shiliu.api.open311.reading import Faults, given
from shiliu.core import limits, receipts
from shiliu.core.access import Resident
from shiliu.core.door import Refused
from shiliu.grid.models import Area
from shiliu.grid.town import town
from shiliu.requests import actions, public_ids
from shiliu.requests.models import Request

MINUTE = 60
TOKENS = signing.Signer(salt="shiliu.api.open311.token")
log = logging.getLogger("shiliu.api")
View = Callable[..., HttpResponse]
# What reading a body can raise that was not sent as it should be.
UNREADABLE = (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError)


def endpoint(**views: View) -> View:
    """An address with a view for each method; each is given the town, and may raise Faults."""
    allowed = ", ".join(name.upper() for name in views)
    by_method = {name.upper(): view for name, view in views.items()}
    if "GET" in by_method:
        by_method["HEAD"] = by_method["GET"]

    @csrf_exempt
    def handle(request: HttpRequest, kind: str = "", **named: str) -> HttpResponse:
        kind = kind or writing.format_of(request.path)
        view = by_method.get(request.method or "")
        if view is None:
            refused = writing.errors(405, [_("This address takes %(methods)s.") % {"methods": allowed}], kind)
            refused.headers["Allow"] = allowed
            return refused
        return _answered(functools.partial(view, request, kind=kind, **named), request, kind)

    return handle


def _answered(view: Callable[..., HttpResponse], request: HttpRequest, kind: str) -> HttpResponse:
    try:
        here = _here(request)
        return view(here=here)
    except Faults as faults:
        return writing.errors(faults.status, faults.sentences, kind)
    except UNREADABLE:
        return writing.errors(400, [_("This request cannot be read.")], kind)
    except Refused as refused:
        return writing.errors(400, [str(refused)], kind)
    except Exception:
        log.exception("%s %s", request.method, request.path)
        sentence = _("Something broke on our side. It was written down; try again later.")
        return writing.errors(500, [sentence], kind)


def _here(request: HttpRequest) -> Area:
    """The town that is asked about: the jurisdiction."""
    here = town()
    if here is None:
        raise Faults(503, _("Nothing is set up here yet."))
    return reading.jurisdiction(_sent(request), here)


def _sent(request: HttpRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def _too_many() -> Faults:
    return Faults(429, _("Too many requests. Wait a minute."))


# The addresses --------------------------------------------------------------------------------------------


def _discovery(request: HttpRequest, kind: str, here: Area) -> HttpResponse:
    return writing.answer("discovery", showing.discovery(here), kind)


def _services(request: HttpRequest, kind: str, here: Area) -> HttpResponse:
    return writing.answer("services", showing.services(), kind)


def _definition(request: HttpRequest, kind: str, here: Area, code: str) -> HttpResponse:
    return writing.answer("service_definition", showing.definition(filing.service(code)), kind)


def _list(request: HttpRequest, kind: str, here: Area) -> HttpResponse:
    wanted = reading.wanted(request.GET, timezone.now())
    return writing.answer("service_requests", showing.found(wanted, here), kind)


def _one(request: HttpRequest, kind: str, here: Area, public_id: str) -> HttpResponse:
    found = showing.one(public_id, here, extensions=reading.is_true(request.GET, "extensions"))
    if not found:
        raise _no_request()
    return writing.answer("service_requests", found, kind)


def _no_request() -> Faults:
    return Faults(404, _("There is no request with this service_request_id that the public may see."))


def _token(request: HttpRequest, kind: str, here: Area, token: str) -> HttpResponse:
    """The id that a token was given for; also of a request that the public does not see."""
    try:
        public_id = TOKENS.unsign(token)
    except signing.BadSignature:
        raise Faults(404, _("There is no such token.")) from None
    if not public_ids.is_given(public_id):
        raise Faults(404, _("There is no such token."))
    return writing.answer("service_requests", [{"service_request_id": public_id, "token": token}], kind)


def _file(request: HttpRequest, kind: str, here: Area) -> HttpResponse:
    client = _client(request)
    reading.check_key_is_for(client.area, here)
    values = filing.report(request.POST, client)
    made = actions.ask(by=Resident(), source=Request.Source.OPEN311, key=_key(request, client), **values)
    answer = writing.answer("service_requests", [_filed(made, client, request.POST)], kind)
    answer.headers["Cache-Control"] = "no-store"  # the receipt is for one reader
    return answer


def _client(request: HttpRequest) -> Client:
    """Whose key came with the form, within its limit."""
    key = given(request.POST, "api_key")
    if not key:
        raise Faults(403, _("api_key is missing. It is a field of the form."))
    client = keys.client_of(key)
    if client is None:
        raise Faults(403, _("This api_key is not known here, or was taken back."))
    counted = f"client:{client.pk}"
    if limits.is_used_up(counted, client.per_minute, MINUTE):
        raise _too_many()
    limits.use(counted, MINUTE)
    return client


def _key(request: HttpRequest, client: Client) -> str:
    """What makes the same report sent twice one request, if the client says by what it is known."""
    said = request.headers.get("Idempotency-Key", "")
    return f"c{client.pk}-{hashlib.sha256(said.encode()).hexdigest()[:40]}" if said else ""


def _filed(made: Request, client: Client, sent: QueryDict) -> dict[str, Any]:
    """How the client finds it again; and for the person who asked, the receipt that opens it."""
    public_id = public_ids.public_id(made)
    name, value = "service_request_id", public_id
    if client.answers_with_token:
        name, value = "token", TOKENS.sign(public_id)
    sentence = _("Receipt code %(code)s. Whoever has it can follow the request and answer: %(address)s")
    address = f"{settings.BASE_URL}/r/{made.code}/"
    return {
        name: value,
        "service_notice": sentence % {"code": receipts.shown(made.code), "address": address},
        "account_id": given(sent, "account_id")[:100] or None,
    }


def _nothing(request: HttpRequest, kind: str, here: Area) -> HttpResponse:
    raise Faults(
        404, _("There is nothing at this address. It ends in .xml or .json, see /open311/discovery.xml.")
    )


discovery = endpoint(get=_discovery)
services = endpoint(get=_services)
definition = endpoint(get=_definition)
requests = endpoint(get=_list, post=_file)
request = endpoint(get=_one)
token = endpoint(get=_token)
nothing = endpoint(
    get=_nothing, post=_nothing, put=_nothing, patch=_nothing, delete=_nothing, options=_nothing
)
