"""All addresses of the site. Each stands in the access matrix of tests/access."""

from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from django.views.i18n import set_language
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

handler400 = "shiliu.web.views.pages.bad_request"
handler403 = "shiliu.web.views.pages.forbidden"
handler404 = "shiliu.web.views.pages.not_found"
handler500 = "shiliu.web.views.pages.server_error"

urlpatterns = [
    path("", include("shiliu.web.urls")),
    path("", include("shiliu.requests.urls.public")),
    path("", include("shiliu.channel.public.urls")),
    path("venues/", include("shiliu.venues.urls")),
    path("learning/", include("shiliu.learning.urls")),
    path("report/requests/", include("shiliu.figures.bulletin.urls")),
    path("report/", include("shiliu.figures.urls")),
    path("console/requests/", include("shiliu.requests.urls.console")),
    path("console/routing/", include("shiliu.requests.urls.routing")),
    path("console/matrix/", include("shiliu.figures.matrix.urls")),
    path("charts/", include("shiliu.figures.charts.urls")),
    path("map/", include("shiliu.figures.seedmap.urls")),
    path("console/", include("shiliu.console.urls")),
    path("l/", include("shiliu.channel.groups.urls_public")),
    path("console/", include("shiliu.channel.groups.urls_console")),
    path("field/", include("shiliu.channel.groups.urls_field")),
    path("field/", include("shiliu.field.urls")),
    path("field/", include("shiliu.requests.urls.field")),
    path("console/", include("shiliu.grid.urls")),
    path("console/", include("shiliu.api.urls")),
    path("api/", include("shiliu.api.staff_urls")),
    path("open311/", include("shiliu.api.open311.urls")),
    path("language/", csrf_exempt(set_language), name="set_language"),  # as for `display`
    path("accounts/", include("shiliu.web.account_urls")),
    # Wagtail's own two sign-ins are not used: there is one way in, with one limit on tries.
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("channel/_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", include(wagtailadmin_urls)),
    path("", include("shiliu.channel.urls")),
    path("documents/", include(wagtaildocs_urls)),
    path("read/", include("shiliu.channel.reading.public_urls")),
    path("console/channel/", include("shiliu.channel.reading.urls")),
    path("channel/", include(wagtail_urls)),
]
