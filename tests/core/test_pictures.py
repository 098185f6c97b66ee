"""What becomes of a photo that somebody sends, and what is refused, by name."""

import io
import subprocess
import sys
import warnings
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from shiliu.core import pictures

pytestmark = pytest.mark.once
LATITUDE = (40.0, 39.0, 123.4567)


def upload(content: bytes, name: str = "路灯.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    if form == "HEIF":
        pictures._know_heif()
    image.save(out, form, **options)
    return out.getvalue()


def scene(width: int = 640, height: int = 480) -> Image.Image:
    """Grey, but for a red corner at the top left."""
    image = Image.new("RGB", (width, height), (90, 90, 90))
    image.paste((200, 10, 10), (0, 0, width // 4, height // 4))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    made = Image.Exif()
    made[0x0112] = orientation
    made[0x010F] = "MAKER-OF-PHONES"
    made[0x9286] = "COMMENT-OF-USER"
    made.get_ifd(0x8825).update({1: "N", 2: LATITUDE, 3: "E", 4: LATITUDE, 29: "2026:01:02"})
    return made


def refusal(content: bytes, name: str = "路灯.jpg") -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        pictures.read(upload(content, name))
    return caught.value


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content), formats=["JPEG"])
    image.load()
    return image


def markers(content: bytes) -> list[int]:
    """The segments of a JPEG up to its pixels."""
    found, at = [], 2
    while content[at + 1] != 0xDA:
        found.append(content[at + 1])
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return found


def reddest_corner(image: Image.Image) -> str:
    width, height = image.size
    places = {
        "top left": (9, 9),
        "top right": (width - 9, 9),
        "bottom left": (9, height - 9),
        "bottom right": (width - 9, height - 9),
    }
    return max(places, key=lambda name: image.getpixel(places[name])[0] - image.getpixel(places[name])[1])


# What is kept ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "HEIF"])
def test_every_kind_of_photo_becomes_a_jpeg(form):
    picture = pictures.read(upload(encoded(scene(), form)))

    image = opened(picture.content)
    assert (image.format, image.size, image.mode) == ("JPEG", (640, 480), "RGB")
    assert (picture.width, picture.height) == image.size
    assert reddest_corner(image) == "top left"
    assert opened(picture.thumbnail).size == (320, 240)
    assert picture.digest == pictures.read(upload(encoded(scene(), form))).digest
    assert len(picture.digest) == 64


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_nothing_but_pixels_is_kept(form):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b"<x:xmpmeta>GPSLatitude SECRET-PLACE</x:xmpmeta>"
    options: dict[str, Any] = {"exif": exif().tobytes(), "icc_profile": profile}
    if form == "JPEG":
        options |= {"comment": b"SECRET-PLACE", "xmp": xmp, "extra": iptc()}
    elif form == "PNG":
        options["pnginfo"] = png_texts()
    else:
        options["xmp"] = xmp
    sent = encoded(scene(), form, **options)
    assert b"MAKER-OF-PHONES" in sent
    assert b"SECRET-PLACE" in sent

    picture = pictures.read(upload(sent))

    for kept in (picture.content, picture.thumbnail):
        image = opened(kept)
        assert dict(image.getexif()) == {}
        assert dict(image.getexif().get_ifd(0x8825)) == {}
        assert set(image.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }
        # JFIF, quantisation, frame, Huffman tables: no other application segment, no comment.
        assert set(markers(kept)) <= {0xE0, 0xDB, 0xC2, 0xC4}
        for trace in (b"Exif", b"http", b"GPS", b"MAKER", b"SECRET", b"Photoshop", b"ICC_PROFILE", b"2026"):
            assert trace not in kept


def iptc() -> bytes:
    content = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x14\x1c\x02\x5a\0\x0cSECRET-PLACE"
    return b"\xff\xed" + (len(content) + 2).to_bytes(2, "big") + content


def png_texts() -> PngImagePlugin.PngInfo:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Location", "SECRET-PLACE")
    texts.add_itxt("XML:com.adobe.xmp", "SECRET-PLACE GPSLatitude")
    return texts


@pytest.mark.parametrize(
    ("orientation", "corner", "turned"),
    [
        (1, "top left", False),
        (2, "top right", False),
        (3, "bottom right", False),
        (4, "bottom left", False),
        (5, "top left", True),
        (6, "top right", True),
        (7, "bottom right", True),
        (8, "bottom left", True),
        (9, "top left", False),
        (0, "top left", False),
    ],
)
def test_photo_stands_upright(orientation, corner, turned):
    picture = pictures.read(upload(encoded(scene(), "JPEG", exif=exif(orientation))))

    assert (picture.width, picture.height) == ((480, 640) if turned else (640, 480))
    assert reddest_corner(opened(picture.content)) == corner


def test_colours_of_another_profile_are_converted():
    """As they look with the profile: a linear one makes mid-grey brighter."""
    lab = ImageCms.createProfile("LAB")
    profile = ImageCms.ImageCmsProfile(lab).tobytes()
    photo = Image.new("RGB", (50, 50), (128, 128, 128))
    unknown = pictures.read(upload(encoded(photo, "JPEG", icc_profile=profile)))  # no profile of RGB
    broken = pictures.read(upload(encoded(photo, "JPEG", icc_profile=b"x" * 500)))
    linear = pictures.read(upload(encoded(photo, "PNG", icc_profile=linear_profile())))

    plain = pictures.read(upload(encoded(photo, "JPEG")))
    assert unknown.content == broken.content == plain.content
    assert opened(linear.content).getpixel((25, 25))[0] > 180


def linear_profile() -> bytes:
    """sRGB's own, with a straight line in the place of its curve."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    n = int.from_bytes(profile[128:132], "big")
    for at in range(132, 132 + 12 * n, 12):
        if profile[at : at + 4] in (b"rTRC", b"gTRC", b"bTRC"):
            offset = int.from_bytes(profile[at + 4 : at + 8], "big")
            profile[offset : offset + 16] = b"curv" + bytes(8) + b"\0\0\0\0"
    return bytes(profile)


def test_what_is_transparent_becomes_white():
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    half = Image.new("RGBA", (40, 40), (0, 0, 0, 128))
    palette = clear.convert("P")
    palette.info["transparency"] = 0

    assert pixel(encoded(clear, "PNG")) == (255, 255, 255)
    assert pixel(encoded(palette, "PNG", transparency=palette.getpixel((0, 0)))) == (255, 255, 255)
    assert 120 <= pixel(encoded(half, "WEBP"))[0] <= 134


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "CMYK"])
def test_every_mode_of_colour_keeps_its_grey(mode):
    if mode == "I;16":
        content = encoded(Image.new("I;16", (40, 40), 0x8000), "PNG")
    else:
        grey = Image.new("RGB", (40, 40), (255, 255, 255) if mode == "1" else (128, 128, 128))
        grey = grey.quantize(4) if mode == "P" else grey.convert(mode)
        content = encoded(grey, "JPEG" if mode == "CMYK" else "PNG")

    red, green, blue = pixel(content)
    assert max(red, green, blue) - min(red, green, blue) <= 2
    assert abs(red - (255 if mode == "1" else 128)) <= 4


def pixel(content: bytes) -> tuple[int, int, int]:
    found: Any = opened(pictures.read(upload(content)).content).getpixel((20, 20))
    return found


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((4000, 3000), (1600, 1200)),
        ((1200, 4800), (400, 1600)),
        ((1600, 1600), (1600, 1600)),
        ((1, 1), (1, 1)),
        ((1, 9000), (1, 1600)),
        ((1080, 20_000), (86, 1600)),
    ],
)
def test_longest_side_is_bounded(size, kept):
    for form in ("JPEG", "PNG"):
        picture = pictures.read(upload(encoded(Image.new("RGB", size, "grey"), form)))
        assert (picture.width, picture.height) == opened(picture.content).size == kept
        assert max(opened(picture.thumbnail).size) <= 320


def test_thumbnail_of_noise_is_small_too():
    noise = Image.merge("RGB", [Image.effect_noise((1600, 1200), 150) for _ in "RGB"])

    picture = pictures.read(upload(encoded(noise, "JPEG", quality=95)))

    assert len(picture.thumbnail) <= 15_000
    assert max(opened(picture.thumbnail).size) >= 80


def test_first_of_many_frames_is_kept():
    frames = [Image.new("P", (60, 60), colour) for colour in (1, *range(2, 250))] * 12
    for form in ("GIF", "WEBP", "PNG"):
        frames[0].putpalette([n for colour in range(256) for n in (colour, 255 - colour, 7)])
        some = frames if form == "GIF" else [frame.convert("RGB") for frame in frames[:20]]
        animated = encoded(some[0], form, save_all=True, append_images=some[1:])
        assert pictures.read(upload(animated)).width == 60


def test_film_behind_a_photo_is_left_out():
    """Telephones append a second of film, in which bytes may look like anything."""
    film = b"ftypmp42" + b"\xff\xda\x00\x08" * 5000 + b"SECRET-VOICE"

    picture = pictures.read(upload(encoded(scene(), "JPEG") + film))

    assert (picture.width, b"SECRET" in picture.content) == (640, False)


# What is refused ------------------------------------------------------------------------------------------


NOT_PICTURES = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><html><script>alert(1)</script></html>",
    "zip": b"PK\x03\x04" + bytes(200),
    "pdf": b"%PDF-1.7\n" + bytes(200),
    "text": "三号楼前的路灯不亮".encode(),
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "bmp": encoded(Image.new("RGB", (9, 9)), "BMP"),
    "tiff": encoded(Image.new("RGB", (9, 9)), "TIFF"),
    "film": b"\0\0\0\x18ftypmp42" + bytes(200),
    "one byte": b"\xff",
    "two bytes": b"\xff\xd8",
    "spaces": b"  " * 99,
}


@pytest.mark.parametrize("kind", NOT_PICTURES)
def test_what_is_no_photo_is_refused_by_name(kind):
    refused = refusal(NOT_PICTURES[kind])

    assert refused.code == "no_picture"
    assert "“路灯.jpg”" in refused.message
    assert "Choose another one" in refused.message


def test_polyglot_keeps_its_pixels_only():
    page = b"<html><script>alert(1)</script></html>"
    as_comment = encoded(scene(), "JPEG", comment=page)

    for content in (as_comment, encoded(scene(), "JPEG") + page + NOT_PICTURES["zip"]):
        assert b"script" not in pictures.read(upload(content)).content


def test_empty_and_large_files_are_refused_by_name():
    photo = encoded(scene(), "JPEG")

    assert refusal(b"").code == "empty"
    assert refusal(photo + bytes(pictures.MAX_BYTES)).code == "too_large"
    assert "“路灯.jpg” is larger than 10 MB" in refusal(photo + bytes(pictures.MAX_BYTES)).message
    pictures.read(upload(photo + bytes(pictures.MAX_BYTES - len(photo))))


def test_size_that_is_not_true_does_not_help():
    lying = upload(encoded(scene(), "JPEG") + bytes(pictures.MAX_BYTES))
    lying.size = 10

    with pytest.raises(ValidationError, match="larger than 10 MB"):
        pictures.read(lying)


@pytest.mark.parametrize(
    ("form", "size"), [("PNG", (30_000, 30_000)), ("PNG", (9000, 9000)), ("GIF", (60_000, 60_000))]
)
def test_bomb_is_refused_by_its_header(form, size):
    """A few bytes that would become gigabytes."""
    small = encoded(Image.new("P", (10, 10)), form)
    width, height = size
    if form == "GIF":
        spoilt = small[:6] + width.to_bytes(2, "little") + height.to_bytes(2, "little") + small[10:]
    else:
        header = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + small[24:29]
        spoilt = small[:12] + header + zlib.crc32(header).to_bytes(4, "big") + small[33:]

    refused = refusal(spoilt)

    assert refused.code == "too_many_pixels"
    assert "“路灯.jpg” has more pixels" in refused.message


def test_bomb_in_jpeg_is_refused_by_its_header():
    """48 million pixels are read where the decoder can skip most of them, and not where it holds them all."""
    kept = set()
    for kind, options in {"plain": {}, "progressive": {"progressive": True}}.items():
        content = encoded(Image.new("L", (16, 16)), "JPEG", **options)
        frame = content.index(b"\xff\xc2" if options else b"\xff\xc0")
        for megapixels in (24, 49, 51):
            size = (1000).to_bytes(2, "big") + (megapixels * 1000).to_bytes(2, "big")
            try:  # what is missing of its pixels becomes grey
                pictures.read(upload(content[: frame + 5] + size + content[frame + 9 :]))
            except ValidationError as refused:
                assert refused.code == "too_many_pixels"  # noqa: PT017
            else:
                kept.add((kind, megapixels))
    assert kept == {("plain", 24), ("plain", 49), ("progressive", 24)}


def test_thousands_of_scans_are_refused_at_once():
    content = encoded(scene(), "JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")
    scan = content[last:-2]

    assert refusal(content[:-2] + scan * 5000 + b"\xff\xd9").code == "damaged"
    assert pictures.read(upload(content)).width == 640


def test_png_with_texts_that_unfold_is_refused():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("note", "x" * 80_000_000, zip=True)

    assert refusal(encoded(scene(), "PNG", pnginfo=texts)).code == "damaged"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "HEIF"])
def test_truncated_file_is_refused(form):
    content = encoded(Image.effect_noise((200, 200), 90).convert("RGB"), form)

    for part in (len(content) // 2, len(content) * 9 // 10):
        assert refusal(content[:part]).code in {"damaged", "no_picture"}


def test_name_is_shown_without_tricks():
    name = pictures.shown_name

    assert name("a\u202ecod\r\n.jpg") == "acod.jpg"
    assert name("") == "the photo"
    assert name("长" * 200 + ".jpeg") == "长" * 40 + "…" + "长" * 14 + ".jpeg"


# Several --------------------------------------------------------------------------------------------------


def test_several_are_all_named_that_are_refused():
    photos = [upload(encoded(scene(), "JPEG"), "好.jpg"), upload(b"", "空.jpg"), upload(b"x", "字.txt")]

    with pytest.raises(ValidationError) as caught:
        pictures.read_many(photos)

    assert [name in message for name, message in zip("空字", caught.value.messages, strict=True)] == [
        True,
        True,
    ]
    assert len(pictures.read_many(photos[:1])) == 1
    assert pictures.read_many([]) == []


def test_too_many_are_refused_before_they_are_read():
    class Unread(SimpleUploadedFile):
        def read(self, *args: Any) -> bytes:
            raise AssertionError("read")

    with pytest.raises(ValidationError, match="At most 5 photos can be sent at once; these are 6"):
        pictures.read_many([Unread(f"{n}.jpg", b"x") for n in range(6)])


# Whatever comes -------------------------------------------------------------------------------------------


ORIGINALS = [
    encoded(scene(48, 40), form, **options)
    for form, options in {
        "JPEG": {"exif": exif(6).tobytes(), "comment": b"x"},
        "PNG": {"exif": exif(6).tobytes()},
        "WEBP": {"exif": exif(6).tobytes()},
        "GIF": {},
        "HEIF": {"exif": exif(6).tobytes()},
    }.items()
] + [encoded(scene(48, 40), "JPEG", progressive=True)]


@st.composite
def mutated(draw: Callable[..., Any]) -> bytes:
    """A photo with some bytes changed, cut out or put in."""
    content = bytearray(draw(st.sampled_from(ORIGINALS)))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(content)))
        new = draw(st.binary(max_size=6))
        content[at : at + draw(st.integers(0, 8))] = new
    return bytes(content)


def kept_or_refused(content: bytes) -> None:
    # As in production, and as in tests, where each warning is an error.
    for action in ("default", "error"):
        with warnings.catch_warnings():
            warnings.simplefilter(action)  # type: ignore[arg-type]
            try:
                picture = pictures.read(upload(content))
            except ValidationError as refused:
                assert "路灯.jpg" in refused.message  # noqa: PT017
            else:
                assert opened(picture.content).size == (picture.width, picture.height)


@given(st.binary(max_size=400))
def test_any_bytes_are_kept_or_refused(content):
    kept_or_refused(content)


@given(mutated())
def test_any_broken_photo_is_kept_or_refused(content):
    kept_or_refused(content)


MEASURED = """
import sys, time
import django
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from shiliu.core import pictures
content = sys.stdin.buffer.read()
began = time.monotonic()
picture = pictures.read(SimpleUploadedFile("x.jpg", content))
# Of this process: what getrusage says includes the one that started it.
lines = dict(line.split(":") for line in open("/proc/self/status"))
peak = int(lines["VmHWM"].split()[0]) // 1024
print(picture.width, picture.height, peak, time.monotonic() - began)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
def test_large_photo_takes_bounded_memory_and_time():
    """48 million pixels of 3 bytes would be 144 MB, and more while they are worked on."""
    content = encoded(Image.linear_gradient("L").resize((8000, 6000)).convert("RGB"), "JPEG", quality=90)

    done = subprocess.run(
        [sys.executable, "-c", MEASURED], input=content, capture_output=True, check=False, timeout=120
    )

    assert done.returncode == 0, done.stderr
    width, height, peak, seconds = map(float, done.stdout.split())
    assert (width, height) == (1600, 1200)
    assert peak < 200, "MB"
    assert seconds < 20
