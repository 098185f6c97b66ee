"""The short links that stand in the groups."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shiliu.channel.groups import words


@never_cache
@require_safe
def lead_on(request: HttpRequest, link: str, article: str) -> HttpResponse:
    """To the article, which is told from which group; nothing of the reader is asked or kept."""
    target = words.target_of(link, article)
    if target is None:
        raise Http404
    return HttpResponseRedirect(target)
