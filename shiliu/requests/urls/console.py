from django.urls import path

from shiliu.requests.views import console

app_name = "desk"
urlpatterns = [
    path("", console.listed, name="list"),
    path("new/", console.new, name="new"),
    path("<str:code>/", console.detail, name="detail"),
    path("<str:code>/slip/", console.slip, name="slip"),
    path("<str:code>/contact/", console.contact, name="contact"),
    path("<str:code>/photos/<str:photo>/", console.photo, {"size": "whole"}, name="photo"),
    path("<str:code>/photos/<str:photo>/small/", console.photo, {"size": "small"}, name="photo_small"),
    path("<str:code>/recordings/<str:recording>/", console.recording, name="recording"),
    path("<str:code>/<slug:step>/", console.step, name="step"),
]
