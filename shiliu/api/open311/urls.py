from django.urls import re_path

from shiliu.api.open311 import views

app_name = "open311"
KIND = r"\.(?P<kind>xml|json)$"
urlpatterns = [
    re_path(rf"^discovery{KIND}", views.discovery, name="discovery"),
    re_path(rf"^services{KIND}", views.services, name="services"),
    re_path(rf"^services/(?P<code>[^/]+){KIND}", views.definition, name="definition"),
    re_path(rf"^requests{KIND}", views.requests, name="requests"),
    re_path(rf"^requests/(?P<public_id>[^/]+){KIND}", views.request, name="request"),
    re_path(rf"^tokens/(?P<token>[^/]+){KIND}", views.token, name="token"),
    re_path(r"", views.nothing, name="nothing"),
]
