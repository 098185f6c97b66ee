from django.urls import path, register_converter
from django.urls.converters import StringConverter

from shiliu.venues import views


class CodeConverter(StringConverter):
    """The code of an imported record, which may hold what a path or a line does not (NUL is in none)."""

    regex = r"[^\x00]+"


register_converter(CodeConverter, "venue_code")

app_name = "venues"
urlpatterns = [
    path("", views.venues, name="list"),
    path("<venue_code:code>/", views.venue, name="venue"),
]
