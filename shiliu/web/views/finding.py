"""What search engines ask for: the sitemap and robots.txt."""

from django.conf import settings
from django.contrib.sitemaps import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shiliu.web.sitemaps import index, sections

# Pages of staff, of one's own request, and what changes nothing but how a page is shown.
NOT_FOR_ROBOTS = (
    "/accounts/", "/admin/", "/api/", "/console/", "/documents/", "/field/", "/language/", "/display/",
    "/open311/", "/r/", "/reading/", "/search/", "/styleguide/",
)  # fmt: skip


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    context = {"sitemaps": index()}
    return render(request, "sitemap_index.xml", context, content_type="application/xml")


@require_safe
def sitemap(request: HttpRequest, section: str) -> HttpResponse:
    return views.sitemap(request, sections(), section=section)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
    lines += ["", f"Sitemap: {settings.BASE_URL}{reverse('sitemap_index')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
