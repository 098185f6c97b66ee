from django.urls import path

from shiliu.web.views import areas, pages, searching, styleguide

urlpatterns = [
    path("", pages.home, name="home"),
    path("search/", searching.page, name="search"),
    path("areas/", areas.areas, name="areas"),
    path("areas/<str:code>/", areas.area, name="area"),
    path("display/", pages.display, name="display"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
