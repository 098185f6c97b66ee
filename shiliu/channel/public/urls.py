from django.urls import path

from shiliu.channel.public import feeds, views

app_name = "reading"
urlpatterns = [
    path("feed/", feeds.Articles(), name="feed"),
    path("feed/<slug:code>/", feeds.Articles(), name="column_feed"),
    path("reading/<str:code>/", views.choose, name="language"),
]
