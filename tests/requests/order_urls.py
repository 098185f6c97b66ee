"""The API of work orders by itself, for whoever has a session: in the house the API's shell mounts it."""

from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import include, path
from ninja import NinjaAPI

from shiliu.core.access import NotPermitted
from shiliu.core.door import Refused, StaleState
from shiliu.requests.orders.api import router

api = NinjaAPI(
    urls_namespace="orders_alone", auth=lambda request: request.user.is_authenticated, docs_url=None
)
api.add_router("", router)


def _answers(kind: type[Exception], status: int) -> None:
    def handle(request: HttpRequest, error: Any) -> JsonResponse:
        return JsonResponse({"detail": str(error)}, status=status)

    api.add_exception_handler(kind, handle)


for _kind, _status in ((Refused, 422), (StaleState, 409), (NotPermitted, 403), (Http404, 404)):
    _answers(_kind, _status)
urlpatterns = [path("", include("shiliu.urls")), path("alone/", api.urls)]
urlpatterns.reverse()
