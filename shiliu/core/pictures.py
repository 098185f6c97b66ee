"""Photos that people send: what is taken, and what of it is kept.

    picture = pictures.read(upload)         # or a ValidationError whose sentence names the file
    photo.file.save("1.jpg", ContentFile(picture.content))
    return pictures.answer(photo.file, "1.jpg")

Nothing of the file that came is stored or served. It is decoded, made upright, reduced, and its pixels are
written into a new JPEG: where and when it was taken, by which telephone, and whatever else was hidden in it
stay behind.

One picture at a time is decoded in a process, so that the memory of one is the memory of all. What a
picture may cost is decided before it is decoded: by its bytes, its header, and the scans of a JPEG.
"""

import hashlib
import io
import re
import threading
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image, ImageCms, UnidentifiedImageError

from shiliu.core import giving

MB = 1_000_000
MAX_BYTES = 10 * MB
MAX_PICTURES = 5
MAX_PIXELS = 50_000_000
MAX_PIXELS_WHOLE = 25_000_000  # of a picture that has to be decoded at its full size
MAX_SCANS = 100  # of a progressive JPEG; cameras write ten, and each costs a walk over all pixels
SIDE, QUALITY = 1600, 82
THUMBNAIL_SIDE, THUMBNAIL_BYTES = 320, 15_000

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_MAX_PROFILE = 4 * MB
_JPEG, _HEIF = b"\xff\xd8\xff", b"ftyp"  # what they begin with, HEIF after four bytes
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_START_OF_SCAN, _END, _PROGRESSIVE = 0xDA, 0xD9, 0xC2
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Picture:
    """A photo as it is kept: a JPEG without metadata, a small one of it, both as bytes.

    width, height: of `content`, in pixels, upright. digest: the SHA-256 of `content`, as hexadecimal digits.
    """

    content: bytes
    width: int
    height: int
    thumbnail: bytes
    digest: str


# Reading --------------------------------------------------------------------------------------------------


def read(upload: UploadedFile) -> Picture:
    """What is kept of an upload. Raises ValidationError with one sentence, which names the file."""
    name = shown_name(upload.name or "")
    data = _bytes_of(upload, name)
    try:
        with _one_at_a_time, _quiet():
            return _encoded(_decoded(data, name))
    except ValidationError:
        raise
    except Exception as error:  # decoders raise whatever a broken file leads them to, MemoryError too
        raise _refused("damaged", name) from error


def read_many(uploads: Iterable[UploadedFile], at_most: int = MAX_PICTURES) -> list[Picture]:
    """What is kept of several uploads. Raises ValidationError with a sentence for each that is refused.

    More than `at_most` are refused before any of them is looked at.
    """
    uploads = list(uploads)
    if len(uploads) > at_most:
        sentence = ngettext(
            "At most %(most)d photo can be sent at once; these are %(n)d. Choose the one that shows it best.",
            "At most %(most)d photos can be sent at once; these are %(n)d. Choose those that show it best.",
            at_most,
        )
        raise ValidationError(sentence % {"most": at_most, "n": len(uploads)}, code="too_many")
    pictures, refusals = [], []
    for upload in uploads:
        try:
            pictures.append(read(upload))
        except ValidationError as refusal:
            refusals.append(refusal)
    if refusals:
        raise ValidationError(refusals)
    return pictures


def shown_name(name: str, unnamed: str = "") -> str:
    """A file's name as a sentence can bear it: without what is invisible, and not too long."""
    visible = "".join(character for character in name if character.isprintable()).strip()
    if len(visible) > 60:
        visible = f"{visible[:40]}…{visible[-19:]}"
    return visible or unnamed or _("the photo")


def _refused(code: str, name: str, **values: Any) -> ValidationError:
    sentence = {
        "empty": _("“%(name)s” is empty. Choose the photo again."),
        "too_large": _(
            "“%(name)s” is larger than %(most)d MB. Send a smaller one: a photo of the photo's screen "
            "will do."
        ),
        "too_many_pixels": _(
            "“%(name)s” has more pixels than can be read here (%(most)d million). Send a smaller one: a "
            "photo of the photo's screen will do."
        ),
        "no_picture": _(
            "“%(name)s” is not a photo that can be read here (JPEG, PNG, WebP, GIF or HEIC). Choose "
            "another one, or take a new photo."
        ),
        "damaged": _(
            "“%(name)s” is damaged or did not arrive whole. Send it once more, or choose another one."
        ),
    }[code]
    return ValidationError(sentence % {"name": name, **values}, code=code)


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


@contextmanager
def _quiet() -> Iterator[None]:
    """Pillow warns of harmless oddities. Only within the lock: the filters are all threads' own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


# Decoding -------------------------------------------------------------------------------------------------


def _decoded(data: bytes, name: str) -> Image.Image:
    """The first image of a file, upright, opaque, in sRGB, at most `SIDE` long; without anything else."""
    with _opened(data, name) as image:
        image.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded at 1/2, 1/4 or 1/8 of its size already
        image.load()
        turn = _UPRIGHT.get(_orientation(image))
        profile = image.info.get("icc_profile")
        small = _plain_mode(image)
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _on_white(_in_srgb(small if turn is None else small.transpose(turn), profile))


def _opened(data: bytes, name: str) -> Image.Image:
    """The file with its header read; refused by what it says, before anything is decoded."""
    most = MAX_PIXELS_WHOLE
    formats = ["PNG", "WEBP", "GIF"]
    if data.startswith(_JPEG):
        formats = ["JPEG"]
        data, scans, progressive = _first_jpeg(data)
        if scans > MAX_SCANS:
            raise _refused("damaged", name)
        if scans == 1 and not progressive:  # others are held whole, at any size
            most = MAX_PIXELS
    elif data[4:8] == _HEIF:
        formats = ["HEIF"]
        _know_heif()
    try:
        image = Image.open(io.BytesIO(data), formats=formats)
    except UnidentifiedImageError:
        raise _refused("no_picture", name) from None
    except Image.DecompressionBombError:
        raise _refused("too_many_pixels", name, most=most // 1_000_000) from None
    if image.width * image.height > most:
        raise _refused("too_many_pixels", name, most=most // 1_000_000)
    return image


def _know_heif() -> None:
    import pillow_heif  # a large library, and most telephones send JPEG

    pillow_heif.register_heif_opener(thumbnails=False)


def _first_jpeg(data: bytes) -> tuple[bytes, int, bool]:
    """The first JPEG of a file, behind which more may be (a film); its scans; whether it is progressive."""
    at, scans, progressive = 2, 0, False
    while found := _NEXT_MARKER.search(data, at):
        marker, at = data[found.end() - 1], found.end()
        if marker == _END:
            return data[:at], scans, progressive
        scans += marker == _START_OF_SCAN
        progressive |= marker == _PROGRESSIVE
        at += int.from_bytes(data[at : at + 2], "big")
    return data, scans, progressive


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # whatever a broken block leads its reader to: then it is as it is
        return 1


def _plain_mode(image: Image.Image) -> Image.Image:
    """In grey, RGB, RGBA or CMYK with 8 bits."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("L", "RGB", "CMYK") and "transparency" not in image.info:
        return image
    return image.convert("L" if image.mode == "1" else "RGBA")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """With its colours as a browser shows them without the profile, which is dropped."""
    if not profile or len(profile) > _MAX_PROFILE:
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, outputMode=mode) or image
    except Exception:  # a broken profile, or of another kind of picture: the colours stay as they are
        return image


def _on_white(image: Image.Image) -> Image.Image:
    """The pixels alone, in a new image: Pillow keeps comments and more beside them."""
    sheet = Image.new("RGB", image.size, "white")
    sheet.paste(image.convert("RGB"), mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return sheet


# Writing --------------------------------------------------------------------------------------------------


def _encoded(image: Image.Image) -> Picture:
    content = _jpeg(image, QUALITY)
    digest = hashlib.sha256(content).hexdigest()
    return Picture(content, image.width, image.height, _thumbnail(image), digest)


def _thumbnail(image: Image.Image) -> bytes:
    """The best that fits into `THUMBNAIL_BYTES`; noise, which hardly compresses, becomes smaller."""
    side = THUMBNAIL_SIDE
    while True:
        small = image.copy()
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in (80, 65, 50, 35):
            if len(content := _jpeg(small, quality)) <= THUMBNAIL_BYTES:
                return content
        side = side * 3 // 4


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


# Showing --------------------------------------------------------------------------------------------------


def answer(file: Any, name: str) -> FileResponse:
    """A stored picture as a response: shown in the page, kept by this browser for an hour, and inert.

    `file` is the value of a FileField, `name` what the browser calls it when it is saved. The view has
    checked who may see it; a file that is gone is Http404.
    """
    response = FileResponse(giving.opened(file), filename=name, content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    return giving.inert(response)
