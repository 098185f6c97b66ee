"""Answers that are errors, as RFC 9457 has them (`application/problem+json`)."""

import json
from http import HTTPStatus
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse

MEDIA = "application/problem+json"


def answer(status: int, detail: str, **more: Any) -> HttpResponse:
    """type, title, status and detail; `more` are further members, such as `errors` by field."""
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    text = json.dumps(content | more, cls=DjangoJSONEncoder, ensure_ascii=False)
    response = HttpResponse(text.encode("utf-8", "replace"), content_type=MEDIA, status=status)
    response.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    response.in_its_shape = True  # type: ignore[attr-defined]
    return response
