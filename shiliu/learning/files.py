"""The files of the library: which kinds are taken, and how they are given out so that none can do harm."""

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from shiliu.core import giving, receipts
from shiliu.core.storage import private
from shiliu.learning.models import Resource

MOST = 50_000_000
# How a name ends → what the file is, and the bytes that it has at a place.
TYPES: dict[str, tuple[str, int, tuple[bytes, ...]]] = {
    ".pdf": ("application/pdf", 0, (b"%PDF-",)),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", 0, (b"PK\x03\x04",)),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 0, (b"PK\x03\x04",)),
    ".pptx": (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        0,
        (b"PK\x03\x04",),
    ),
    ".jpg": ("image/jpeg", 0, (b"\xff\xd8\xff",)),
    ".png": ("image/png", 0, (b"\x89PNG\r\n\x1a\n",)),
    ".mp3": ("audio/mpeg", 0, (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    ".mp4": ("video/mp4", 4, (b"ftyp",)),
}


def ending(name: str) -> str:
    return PurePath(name).suffix.lower()


def check(file: Any) -> None:
    """ValidationError unless an uploaded file is of a kind that is taken, and is what its name says."""
    known = TYPES.get(ending(file.name))
    if known is None:
        kinds = ", ".join(TYPES)
        raise ValidationError(_("Files of this kind are not taken. Choose one of: %s.") % kinds)
    if file.size > MOST:
        raise ValidationError(_("The file is larger than %d MB. Make it smaller.") % (MOST // 1_000_000))
    _type, place, begins = known
    file.seek(place)
    start = file.read(8)
    file.seek(0)
    if not start.startswith(begins):
        raise ValidationError(_("The file is not what its name says. Save it anew and choose it again."))


def store(file: Any) -> str:
    """Keep a checked file under a name of our own; that name."""
    return private().save(f"learning/{receipts.new()}{ending(file.name)}", file)


def name_of(it: Resource, end: str) -> str:
    """What something of a resource is called when it is saved: its title, and how such files end."""
    return giving.saved_name(f"{it.title.replace('/', '-')}{end}".replace("\\", "-"))


def answer(it: Resource) -> FileResponse:
    """The file to be saved, under the resource's title; Http404 where there is none."""
    kind = TYPES.get(ending(it.file.name or ""))
    if kind is None:
        raise Http404
    name, opened = name_of(it, ending(it.file.name)), giving.opened(it.file)
    return giving.inert(FileResponse(opened, as_attachment=True, filename=name, content_type=kind[0]))
