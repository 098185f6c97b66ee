"""Where Wagtail asks: what must not be deleted (what was read or translated, and columns that hold such), and
what follows when an article is published.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page
from wagtail.signals import page_published

from shiliu.channel import actions, history
from shiliu.channel.models import ArticlePage, Reads


def read_page(pages: Iterable[Page]) -> Page | None:
    """The first of `pages` that was read, itself or inside it."""
    for page in pages:
        inside = Q(article__path__startswith=page.path)
        if Reads.objects.filter(inside).exists():
            return page
    return None


def translated_page(pages: Iterable[Page]) -> Page | None:
    """The first of `pages` with an original, itself or inside it, of which a translation would stay."""
    for page in pages:
        staying = ArticlePage.objects.exclude(path__startswith=page.path)
        if staying.filter(original__path__startswith=page.path).exists():
            return page
    return None


def _refuse(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    if page := read_page(pages):
        sentence = _(
            "“%(title)s” was read, and the figures refer to it. Unpublish it instead of deleting it."
        )
    elif page := translated_page(pages):
        sentence = _("“%(title)s” has translations. Delete these first, or unpublish it instead.")
    else:
        return None
    messages.error(request, sentence % {"title": page.get_admin_display_title()})
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_delete_page")
def keep_what_was_read(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refuse(request, [page])


@hooks.register("before_bulk_action")
def keep_what_was_read_in_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action_class: Any
) -> HttpResponse | None:
    pages = [page for page in objects if isinstance(page, Page)] if action_type == "delete" else []
    return _refuse(request, pages) if pages else None


hooks.register("register_log_actions", history.register)


# Corrections ------------------------------------------------------------------------------------------


def keep_correction(instance: ArticlePage, revision: Any, **kwargs: Any) -> None:
    actions.log_correction(instance, revision)


page_published.connect(keep_correction, sender=ArticlePage, dispatch_uid="channel.correction")
