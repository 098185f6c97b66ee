from django.urls import path

from shiliu.channel.groups.views import field

app_name = "field_groups"
urlpatterns = [
    path("groups/", field.waiting, name="waiting"),
    path("groups/<str:code>/<slug:step>/", field.step, name="step"),
]
