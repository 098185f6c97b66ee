from django.urls import path

from shiliu.requests.views import field

app_name = "field_requests"
urlpatterns = [
    path("ask/", field.ask, name="ask"),
    path("ask/<str:code>/", field.slip, name="slip"),
    path("requests/<str:code>/", field.detail, name="detail"),
    path("requests/<str:code>/contact/", field.contact, name="contact"),
    path("requests/<str:code>/photos/<str:photo>/", field.photo, {"size": "whole"}, name="photo"),
    path("requests/<str:code>/photos/<str:photo>/small/", field.photo, {"size": "small"}, name="photo_small"),
    path("requests/<str:code>/recordings/<str:recording>/", field.recording, name="recording"),
    path("requests/<str:code>/<str:step>/", field.step, name="step"),
]
