"""Pictures of articles, as Wagtail has written them for pages. Other files are given out by `wagtail_hooks`."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from shiliu.channel import files


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    return files.picture(name)
