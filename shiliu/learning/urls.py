from django.urls import path, register_converter
from django.urls.converters import StringConverter

from shiliu.learning import views


class CodeConverter(StringConverter):
    """The code of an imported record, which may hold what a path does not (NUL is in none)."""

    regex = r"[^\x00]+"


register_converter(CodeConverter, "learning_code")

app_name = "learning"
urlpatterns = [
    path("", views.library, name="list"),
    path("guides/", views.guides, name="guides"),
    path("guides/<learning_code:code>/", views.guide, name="guide"),
    path("text/<learning_code:code>/", views.text, name="text"),
    path("file/<learning_code:code>/", views.file, name="file"),
    path("session/<learning_code:code>/", views.session, name="session"),
    path("resources/<learning_code:code>/", views.resource, name="resource"),
]
