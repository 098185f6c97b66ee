from django.urls import path

from shiliu.requests.views import field, messages, parts

app_name = "field_requests"
urlpatterns = [
    path("ask/", field.ask, name="ask"),
    path("ask/<str:code>/", field.slip, name="slip"),
    path("requests/<str:code>/", field.detail, name="detail"),
    path("requests/<str:code>/write/<slug:kind>/", messages.write, {"shell": "field_requests"}, name="write"),
    path("requests/<str:code>/read/", messages.read, {"shell": "field_requests"}, name="read"),
    path("requests/<str:code>/contact/", field.contact, name="contact"),
    path("requests/<str:code>/photos/<str:photo>/", field.photo, {"size": "whole"}, name="photo"),
    path("requests/<str:code>/photos/<str:photo>/small/", field.photo, {"size": "small"}, name="photo_small"),
    path("requests/<str:code>/recordings/<str:recording>/", field.recording, name="recording"),
    path("requests/<str:code>/<str:step>/", field.step, name="step"),
    path("parts/<str:code>/", parts.part, name="part"),
    path("parts/<str:code>/<slug:step>/", parts.part_step, name="part_step"),
    path("parts/<str:code>/photos/<str:photo>/", parts.part_photo, {"size": "whole"}, name="part_photo"),
    path("parts/<str:code>/recordings/<str:recording>/", parts.part_recording, name="part_recording"),
    path(
        "parts/<str:code>/photos/<str:photo>/small/",
        parts.part_photo,
        {"size": "small"},
        name="part_photo_small",
    ),
]
