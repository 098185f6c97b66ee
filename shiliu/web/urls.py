from django.urls import path

from shiliu.web import styleguide, views

urlpatterns = [
    path("", views.home, name="home"),
    path("display/", views.display, name="display"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
