from django.urls import path

from shiliu.requests.views import routing

app_name = "routing"
urlpatterns = [
    path("", routing.dry_run, name="dry_run"),
]
