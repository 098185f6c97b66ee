from django.urls import path

from shiliu.figures.bulletin import views

app_name = "bulletin"
urlpatterns = [
    path("", views.latest, name="latest"),
    path("<period:period>/", views.page, name="month"),
    path("<period:period>/<str:kind>/", views.file, name="file"),
]
