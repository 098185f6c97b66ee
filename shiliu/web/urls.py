from django.urls import path

from shiliu.web import searching, views

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", searching.page, name="search"),
    path("display/", views.display, name="display"),
]
