from django.urls import path

from shiliu.requests.views import asking, public

app_name = "requests"
urlpatterns = [
    path("ask/", asking.ask, name="ask"),
    path("ask/known/<str:public_id>/", asking.follow, name="follow"),
    path("r/", public.find, name="find"),
    path("r/<str:code>/", public.progress, name="progress"),
    path("r/<str:code>/answer/", public.answer, name="answer"),
    path("r/<str:code>/add/", public.add, name="add"),
    path("r/<str:code>/recordings/<str:recording>/", public.recording, name="recording"),
    path("r/<str:code>/photos/<str:photo>/", public.photo, {"size": "whole"}, name="photo"),
    path("r/<str:code>/photos/<str:photo>/small/", public.photo, {"size": "small"}, name="photo_small"),
]
