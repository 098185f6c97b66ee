from django.urls import path

from shiliu.figures import views

app_name = "figures"
urlpatterns = [
    path("", views.latest, name="latest"),
    path("definitions/", views.defined, name="definitions"),
    path("<period:period>/", views.report, name="report"),
    path("<period:period>/file/<str:form>/", views.file, name="file"),
    path("<period:period>/<str:key>/", views.records, name="records"),
]
