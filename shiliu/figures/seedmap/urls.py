from django.urls import path

from shiliu.figures.seedmap import views

app_name = "seedmap"
urlpatterns = [path("", views.seed_map, name="map")]
