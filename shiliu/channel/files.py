"""Files of articles: which kinds there are, and how one is given out.

A file is never shown by the browser as a page of this site: it has the content type of its extension and no
other, it is saved unless it is sound or film, and whatever it holds runs in no page.
"""

from pathlib import PurePath
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.utils.http import content_disposition_header

from shiliu.core import giving

AUDIO = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "wav": "audio/wav"}
VIDEO = {"mp4": "video/mp4", "webm": "video/webm"}
_OFFICE = "application/vnd.openxmlformats-officedocument"
ATTACHMENT = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "wps": "application/vnd.ms-works",
    "et": "application/octet-stream",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
}
KINDS = {"audio": AUDIO, "video": VIDEO, "attachment": ATTACHMENT}
PICTURES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
PICTURES |= {"gif": "image/gif"}


def extension(name: str) -> str:
    return PurePath(name).suffix.lower().lstrip(".")


def answer(request: HttpRequest, file: Any, name: str) -> FileResponse:
    """A stored file as a response. `file` is the value of a FileField; the view has asked who may see it."""
    kind = extension(name)
    types = AUDIO | VIDEO | ATTACHMENT
    opened = giving.opened(file)
    played = kind in AUDIO | VIDEO
    response = _in_parts(request, opened) if played else FileResponse(opened)
    response["Content-Type"] = types.get(kind, "application/octet-stream")
    disposition = content_disposition_header(not played, giving.saved_name(name))
    response["Content-Disposition"] = disposition or ("inline" if played else "attachment")
    return giving.inert(response, played=played)


def picture(name: str) -> FileResponse:
    """A picture as Wagtail has written it for a page. Its name says how it was made: it never changes."""
    kind = extension(name)
    if kind not in PICTURES or name != giving.saved_name(name):
        raise Http404
    try:
        response = FileResponse(default_storage.open(f"images/{name}"))
    except (FileNotFoundError, SuspiciousFileOperation):
        raise Http404 from None
    response["Content-Type"] = PICTURES[kind]
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return giving.inert(response)


def _in_parts(request: HttpRequest, opened: Any) -> FileResponse:
    """The part that a player asks for; telephones ask for one before they play anything."""
    size = opened.size
    first, last = giving.part(request.headers.get("Range", ""), size)
    response = FileResponse(_Part(opened, first, last))
    if (first, last) != (0, size - 1):
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    return response


class _Part:
    """The bytes of a file from `first` to `last`, both included, as a file that is read once."""

    def __init__(self, opened: Any, first: int, last: int) -> None:
        self.opened, self.left = opened, last - first + 1
        opened.seek(first)

    def read(self, size: int) -> bytes:
        chunk: bytes = self.opened.read(min(size, self.left)) if self.left > 0 else b""
        self.left -= len(chunk)
        return chunk

    def close(self) -> None:
        self.opened.close()
