"""Spoken notes that people send: what is taken, and what of it is kept.

    sound = sounds.read(upload)             # or a ValidationError whose sentence names the file
    recording.sound.save("1.ogg", ContentFile(sound.content))
    return sounds.answer(recording.sound, "1.ogg")

Nothing of the file that came is stored or served. It is decoded and its sound is written into a new file:
who recorded it, where and with what stay behind. That happens in a process of its own (`core.resound`), which
has no secrets, may use little memory and time, and may die of a file without harm.
"""

import hashlib
import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shiliu.core import giving
from shiliu.core.pictures import shown_name

MB = 1_000_000
MAX_BYTES = 10 * MB
MAX_SECONDS = 120
PATIENCE = 60  # seconds until a process that gives no answer is ended; it needs one or two
_PROGRAM = Path(__file__).with_name("resound.py")
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Sound:
    """What is kept of a recording: its sound, encoded anew as Opus in an Ogg file.

    content: the file. seconds: how long it is. digest: SHA-256 (hex) of what was sent.
    """

    content: bytes
    seconds: int
    digest: str


# Reading --------------------------------------------------------------------------------------------------


def read(upload: UploadedFile) -> Sound:
    """What is kept of an upload. Raises ValidationError with one sentence, which names the file."""
    name = shown_name(upload.name or "", _("the recording"))
    data = _bytes_of(upload, name)
    fault, seconds, content = _resounded(data)
    if fault:
        raise _refused(fault, name, most=MAX_SECONDS // 60)
    return Sound(content, seconds, hashlib.sha256(data).hexdigest())


def _bytes_of(upload: UploadedFile, name: str) -> bytes:
    if (upload.size or 0) > MAX_BYTES:
        raise _refused("too_large", name, most=MAX_BYTES // MB)
    upload.seek(0)
    data: bytes = upload.read(MAX_BYTES + 1)  # the size given may be wrong
    if len(data) > MAX_BYTES:
        raise _refused("too_large", name, most=MAX_BYTES // MB)
    if not data:
        raise _refused("empty", name)
    return data


def _resounded(data: bytes) -> tuple[str, int, bytes]:
    """What is wrong, or nothing; how many seconds; the new file. A process that dies found it damaged."""
    command = [sys.executable, "-I", str(_PROGRAM), str(MAX_SECONDS)]
    try:
        with _one_at_a_time:
            done = subprocess.run(  # noqa: S603  nothing of the command is given from outside
                command, input=data, capture_output=True, timeout=PATIENCE, env={}, check=False
            )
        head, _line, content = done.stdout.partition(b"\n")
        said = json.loads(head) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, ValueError):
        said = {}
    return said.get("fault", "damaged"), said.get("seconds", 0), content if said else b""


def _refused(code: str, name: str, **values: Any) -> ValidationError:
    sentence = {
        "empty": _("“%(name)s” is empty. Record it again."),
        "too_large": _("“%(name)s” is larger than %(most)d MB. Record a shorter one, or write instead."),
        "too_long": _("“%(name)s” is longer than %(most)d minutes. Record a shorter one, or write instead."),
        "no_sound": _(
            "“%(name)s” is no recording that can be played here (M4A, MP3, OGG, WebM, WAV or AMR). Record it "
            "again, or write instead."
        ),
        "film": _("“%(name)s” is a film. Send a recording of the voice alone, or a photo."),
        "damaged": _("“%(name)s” is damaged or did not arrive whole. Send it once more, or record it again."),
    }[code]
    return ValidationError(sentence % {"name": name, **values}, code=code)


# Playing --------------------------------------------------------------------------------------------------


def answer(request: HttpRequest, file: Any, name: str) -> HttpResponse:
    """A stored recording as a response: played in the page, kept by this browser for an hour, and inert.

    `file` is the value of a FileField, `name` what the browser calls it when it is saved. The view has
    checked who may hear it; a file that is gone is Http404. Some players ask for a part of it first.
    """
    with giving.opened(file) as opened:
        content = opened.read()  # half a megabyte at most
    first, last = giving.part(request.headers.get("Range", ""), len(content))
    partial = (first, last) != (0, len(content) - 1)
    response = HttpResponse(content[first : last + 1], content_type="audio/ogg")
    if partial:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, max-age=3600"
    return giving.inert(response, played=True)
