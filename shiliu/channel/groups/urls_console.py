from django.urls import path

from shiliu.channel.groups.views import deliveries, groups

app_name = "groups"
urlpatterns = [
    path("groups/", groups.index, name="index"),
    path("groups/new/", groups.create, name="create"),
    path("groups/<str:code>/", groups.group, name="group"),
    path("groups/<str:code>/change/", groups.change, name="change"),
    path("groups/<str:code>/end/", groups.end, name="end"),
    path("groups/<str:code>/size/", groups.size, name="size"),
    path("groups/<str:code>/bot/", groups.bot, name="bot"),
    path("groups/<str:code>/bot/remove/", groups.remove_bot, name="remove_bot"),
    path("deliveries/", deliveries.index, name="deliveries"),
    path("deliveries/late/", deliveries.late, name="late"),
    path("deliveries/of/<slug:code>/", deliveries.article, name="article"),
    path("deliveries/of/<slug:code>/send/", deliveries.send, name="send"),
    path("deliveries/<str:code>/<slug:step>/", deliveries.step, name="step"),
]
