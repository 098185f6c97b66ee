from django.urls import path

from shiliu.web.views import areas, finding, pages, searching, styleguide

urlpatterns = [
    path("", pages.home, name="home"),
    path("search/", searching.page, name="search"),
    path("areas/", areas.areas, name="areas"),
    path("areas/<str:code>/", areas.area, name="area"),
    path("display/", pages.display, name="display"),
    path("sitemap.xml", finding.sitemap_index, name="sitemap_index"),
    path("sitemap-<slug:section>.xml", finding.sitemap, name="sitemap"),
    path("robots.txt", finding.robots, name="robots"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
