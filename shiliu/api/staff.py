"""The JSON API for staff: who comes in by an access token, and what every error looks like.

The endpoints stand where their records do (`requests.api`) and in `api.endpoints`.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer
from ninja.security import HttpBearer

from shiliu.api import actions, keys, problems
from shiliu.api.models import AccessToken
from shiliu.core import limits
from shiliu.core.door import Refused, StaleState
from shiliu.core.problems import Problem

METHODS = ("get", "post", "put", "patch", "delete")
PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "An error as RFC 9457 has it.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for people."},
        "errors": {
            "type": "object",
            "description": "Of 422: sentences by field; what concerns all of it under __all__.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "version": {"type": "integer", "description": "Of 409: the present version, to look at and repeat."},
        "since": {
            "type": "array",
            "description": "Of 409: what colleagues did since the version that was seen.",
            "items": {"type": "object"},
        },
    },
}


class Token(HttpBearer):
    """An access token in the header `Authorization: Bearer …`. A session counts for nothing."""

    def authenticate(self, request: HttpRequest, token: str) -> AccessToken | None:
        found = keys.token_of(token.strip())
        if found is None:
            return None
        most, seconds = settings.RATE_LIMITS["token"]
        if limits.is_used_up(f"token:{found.pk}", most, seconds):
            raise Problem(429, _("Too many requests. Wait a minute."))
        limits.use(f"token:{found.pk}", seconds)
        actions.note_use(found)
        request.user = found.user
        return found


class Readable(JSONRenderer):
    """Chinese as it is written, which is shorter too."""

    json_dumps_params = {"ensure_ascii": False}


class StaffAPI(NinjaAPI):
    """Ninja; nobody keeps an answer, and each operation of the document says what its errors look like."""

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        response = super().create_temporal_response(request)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**kwargs)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        content = {problems.MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in schema["paths"].values():
            for method in METHODS & operations.keys():
                responses = operations[method]["responses"]
                responses["default"] = {"description": "Problem", "content": content}
        return schema


api = StaffAPI(
    title="Shiliu",
    version="1",
    description="Requests and figures for programs that work in the name of a member of staff.",
    auth=Token(),
    renderer=Readable(),
    docs_url=None,
    urls_namespace="staff_api",
)
api.add_router("", "shiliu.requests.api.router", tags=["requests"])
api.add_router("", "shiliu.requests.orders.api.router", tags=["work orders"])
api.add_router("", "shiliu.api.endpoints.router", tags=["reference"])


# Errors ---------------------------------------------------------------------------------------------------


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problems.answer(problem.status, problem.detail, **problem.more)


@api.exception_handler(AuthenticationError)
def _nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    sentence = _("Send a good access token in the header Authorization, as Bearer.")
    return problems.answer(401, sentence)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for each in error.errors:
        place = [str(part) for part in each["loc"][1:]]
        errors.setdefault(place[-1] if place else "__all__", []).append(str(each["msg"]))
    return problems.answer(422, _("Something in this cannot be taken as it is."), errors=errors)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    sentence = _("The body is no JSON.") if error.status_code == 400 else str(error)
    return problems.answer(error.status_code, sentence)


@api.exception_handler(Http404)
def _nothing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problems.answer(404, _("There is no such thing, or not for you."))


@api.exception_handler(PermissionDenied)
def _forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problems.answer(403, str(error) or _("You may not do this."))


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return problems.answer(409 if isinstance(refused, StaleState) else 422, str(refused))
