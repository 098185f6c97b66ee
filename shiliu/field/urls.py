from django.urls import path

from shiliu.field import views

app_name = "field"
urlpatterns = [
    path("", views.start, name="start"),
    path("open/<str:part>/", views.part, name="part"),
    path("grid/", views.grid, name="grid"),
    path("me/", views.me, name="me"),
    path("app.webmanifest", views.manifest, name="manifest"),
]
