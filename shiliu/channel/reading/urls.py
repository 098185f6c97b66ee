from django.urls import path

from shiliu.channel.reading import views

app_name = "reads"
urlpatterns = [
    path("reads/", views.index, name="index"),
    path("reads/official/", views.official, name="official"),
    path("reads/official/<str:code>/", views.match, name="match"),
    path("reads/of/<slug:code>/", views.article, name="article"),
]
