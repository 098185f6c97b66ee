from django.urls import path

from shiliu.console import views

app_name = "console"
urlpatterns = [
    path("", views.start, name="start"),
    path("morning/", views.morning_page, name="morning"),
    path("inbox/", views.waiting, name="inbox"),
]
