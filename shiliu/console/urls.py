from django.urls import path

from shiliu.console import views

app_name = "console"
urlpatterns = [
    path("", views.start, name="start"),
    path("inbox/", views.waiting, name="inbox"),
]
