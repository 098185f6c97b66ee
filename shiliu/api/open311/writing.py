"""One structure as XML or JSON, as GeoReport v2 has both.

A list's name in XML names what it holds; in JSON an answer is the bare list or object. None is an empty
element, and null. Codes and ids are texts: the specification's own examples have numbers that JSON forbids.
"""

import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import XMLGenerator

from django.http import HttpResponse
from django.utils import timezone

TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
ONE_OF = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "notes": "note",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
# What no XML 1.0 document may hold, not even escaped.
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def format_of(path: str) -> str:
    """The format that an address's ending asks for; XML, which every server has, where it asks for none."""
    return "json" if path.endswith(".json") else "xml"


def answer(root: str, content: Any, kind: str, status: int = 200) -> HttpResponse:
    """A whole answer. root: the name of the outermost element in XML."""
    text = as_json(content) if kind == "json" else as_xml(root, content)
    response = HttpResponse(text, content_type=TYPES[kind], status=status)
    response.in_its_shape = True  # type: ignore[attr-defined]
    return response


def errors(status: int, sentences: Iterable[str], kind: str) -> HttpResponse:
    """The list of errors, each with the status as its code."""
    listed = [{"code": str(status), "description": sentence} for sentence in sentences]
    return answer("errors", listed, kind, status)


def as_json(content: Any) -> bytes:
    text = json.dumps(_plain(content), ensure_ascii=False)
    return text.encode("utf-8", "replace")


def _plain(it: Any) -> Any:
    if isinstance(it, Mapping):
        return {name: _plain(value) for name, value in it.items()}
    if isinstance(it, (list, tuple)):
        return [_plain(value) for value in it]
    if isinstance(it, Decimal):
        return float(it)
    if it is None or isinstance(it, (bool, int)):
        return it
    return _text(it)


def as_xml(root: str, content: Any) -> bytes:
    out = io.BytesIO()
    document = XMLGenerator(out, "utf-8", short_empty_elements=True)
    document.startDocument()
    _element(document, root, content)
    document.endDocument()
    return out.getvalue()


def _element(document: XMLGenerator, name: str, it: Any) -> None:
    document.startElement(name, {})  # type: ignore[arg-type]
    if isinstance(it, Mapping):
        for child, value in it.items():
            _element(document, child, value)
    elif isinstance(it, (list, tuple)):
        for value in it:
            _element(document, ONE_OF[name], value)
    elif it is not None:
        document.characters(ILLEGAL.sub("", _text(it)))
    document.endElement(name)


def _text(it: Any) -> str:
    if isinstance(it, bool):
        return "true" if it else "false"
    if isinstance(it, datetime):
        return timezone.localtime(it).isoformat(timespec="seconds")
    return str(it)
