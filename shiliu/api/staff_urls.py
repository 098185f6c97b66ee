from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from shiliu.api import problems
from shiliu.api.staff import api


@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    """Any other address below /api/."""
    return problems.answer(404, _("There is nothing at this address. See /api/v1/openapi.json."))


urlpatterns = [path("v1/", api.urls), re_path(r"", nothing)]
