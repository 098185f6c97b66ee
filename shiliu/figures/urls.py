from django.urls import path

from shiliu.figures import views
from shiliu.figures.sentences.views import words
from shiliu.figures.signing.urls import urlpatterns as signing

app_name = "figures"
urlpatterns = [
    path("", views.latest, name="latest"),
    path("definitions/", views.defined, name="definitions"),
    *signing,
    path("<period:period>/words/<slug:part>/", words, name="words"),
    path("<period:period>/", views.report, name="report"),
    path("<period:period>/file/<str:form>/", views.file, name="file"),
    path("<period:period>/<str:key>/", views.records, name="records"),
]
