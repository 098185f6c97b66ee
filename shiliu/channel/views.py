"""Pictures and files of articles, given out as `files` has it and not as Wagtail does."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from wagtail.documents import get_document_model

from shiliu.channel import actions, files
from shiliu.grid.rules import may_enter


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    return files.picture(name)


@require_safe
def document(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponseBase:
    """Before an article that holds it is published, only for those who may enter the admin."""
    it: Any = get_object_or_404(get_document_model(), pk=document_id)
    if it.filename != document_filename or not (actions.is_published(it) or may_enter(request.user)):
        raise Http404
    return files.answer(request, it.file, it.filename)
