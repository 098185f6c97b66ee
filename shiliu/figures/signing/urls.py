from datetime import date

from django.urls import path, register_converter

from shiliu.figures.signing import views


class DayConverter:
    """A day as a part of an address."""

    regex = r"\d{4}-\d\d-\d\d"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


register_converter(DayConverter, "day")
urlpatterns = [
    path("signed/<str:code>/", views.signed, name="signed"),
    path("signed/<str:code>/file/<str:form>/", views.file, name="signed_file"),
    path("signed/<str:code>/<str:key>/", views.figure, name="signed_figure"),
    path("signed/<str:code>/<str:key>/<day:day>/", views.day, name="signed_day"),
    path("<period:period>/sign/", views.sign, name="sign"),
    path("<period:period>/signed/", views.signings, name="signings"),
]
