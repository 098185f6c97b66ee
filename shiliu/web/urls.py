from django.urls import path

from shiliu.web.views import areas, pages, styleguide

urlpatterns = [
    path("", pages.home, name="home"),
    path("areas/", areas.areas, name="areas"),
    path("areas/<str:code>/", areas.area, name="area"),
    path("display/", pages.display, name="display"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
