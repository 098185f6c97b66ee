from django.urls import path

from shiliu.figures.matrix import views

app_name = "matrix"
urlpatterns = [
    path("", views.page, name="page"),
    path("map/", views.seeds, name="map"),
    path("file/<slug:kind>/", views.file, name="file"),
    path("thresholds/<str:code>/", views.thresholds_of, name="thresholds"),
    path("thresholds/<str:code>/<str:key>/", views.threshold, name="threshold"),
]
