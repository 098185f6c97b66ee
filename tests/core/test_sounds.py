"""What is taken as a recording, what of it is kept, and how it is given out."""

import io
import math
import os
import subprocess
import sys
import time
import wave
import zipfile
from array import array
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from shiliu.core import resound, sounds
from shiliu.core.storage import PrivateStorage

av = pytest.importorskip("av")
pytestmark = pytest.mark.once

TITLE = "甲某某的录音"
RECORDERS = {  # as browsers and telephones write them
    "webm": ("webm", "libopus", 48_000),
    "ogg": ("ogg", "libopus", 48_000),
    "m4a": ("ipod", "aac", 44_100),
    "mp4": ("mp4", "aac", 48_000),
    "mp3": ("mp3", "libmp3lame", 44_100),
    "wav": ("wav", "pcm_s16le", 16_000),
    "amr": ("amr", "libopencore_amrnb", 8_000),
    "aac": ("adts", "aac", 44_100),
}


def recorded(kind: str, seconds: float = 1, silence: bool = False) -> bytes:
    """A tone, with a title and a place beside it."""
    container, codec, rate = RECORDERS[kind]
    out, made = io.BytesIO(), 0
    with av.open(out, "w", format=container) as target:
        target.metadata.update({"title": TITLE, "location": "+40.6500+109.8400/"})
        stream = target.add_stream(codec, rate=rate, layout="mono")
        while made < seconds * rate:
            wave_ = (0 if silence else int(9000 * math.sin(0.06 * (made + n))) for n in range(1000))
            frame = av.AudioFrame(format="s16", layout="mono", samples=1000)
            frame.planes[0].update(array("h", wave_).tobytes())
            frame.sample_rate, frame.pts, frame.time_base = rate, made, Fraction(1, rate)
            made += 1000
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return out.getvalue()


def upload(data: bytes, name: str = "留言.m4a") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def outcome(data: bytes) -> str:
    """That it was taken, or the code of the sentence."""
    try:
        sound = sounds.read(upload(data))
    except ValidationError as refused:
        return str(refused.error_list[0].code)
    return "taken" if sound.content.startswith(b"OggS") else "taken for something else"


def refusal(data: bytes, name: str = "留言.m4a") -> str:
    """The code of the sentence, which names the file."""
    with pytest.raises(ValidationError) as refused:
        sounds.read(upload(data, name))
    [error] = refused.value.error_list
    assert name in error.message
    assert error.message.endswith(".")
    return error.code


@pytest.mark.parametrize("kind", RECORDERS)
def test_recording_of_every_kind_becomes_opus_in_ogg_without_anything_else(kind):
    sent = recorded(kind)
    sound = sounds.read(upload(sent))

    assert sound.seconds == 1
    assert sound.content.startswith(b"OggS")
    with av.open(io.BytesIO(sound.content)) as kept:
        [stream] = kept.streams
        assert (stream.codec_context.name, stream.codec_context.layout.name) == ("opus", "mono")
        assert not kept.metadata
        loud = any(any(bytes(frame.planes[0])) for frame in kept.decode(stream))
        assert loud
    assert len(sound.content) * 8 < 60_000
    for hidden in (TITLE.encode(), b"109.84", b"Lavc"):
        assert hidden not in sound.content


def test_digest_is_of_what_was_sent():
    sent = recorded("ogg")
    first, second = sounds.read(upload(sent)), sounds.read(upload(sent, "again.ogg"))
    assert first.digest == second.digest != sounds.read(upload(recorded("wav"))).digest


def test_two_minutes_are_taken_and_more_is_told():
    frames = 120 * 8000
    assert sounds.read(upload(_wave(8000, frames))).seconds == 120
    assert refusal(_wave(8000, frames + 8000)) == "too_long"


def _wave(rate: int, frames: int, channels: int = 1) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(bytes(2 * channels * frames))
    return out.getvalue()


def film() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as target:
        stream = target.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for _n in range(10):
            target.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        target.mux(stream.encode(None))
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("sound.wav", bytes(1_000_000))
    return out.getvalue()


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"x", "no_sound"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "no_sound"),
        (b"<html><script>alert(1)</script></html>", "no_sound"),
        (b"MZ" + bytes(100), "no_sound"),
        (PLAYLIST, "no_sound"),  # such a list would have the reader open other files
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "no_sound"),
        (b"OggS", "damaged"),
        (b"RIFF\x00\x00\x00\x00WAVE", "damaged"),
        (b"\x1aE\xdf\xa3" + bytes(500), "damaged"),
        (b"\x00\x00\x00\x18ftypM4A " + bytes(500), "damaged"),
        (b"ID3" + PLAYLIST, "damaged"),
        (_wave(8000, 0), "damaged"),
        (_wave(2_000_000_000, 1000), "damaged"),
        (_wave(8000, 100, channels=64), "damaged"),
    ],
    ids=lambda it: repr(it[:12]) if isinstance(it, bytes) else it,
)
def test_what_is_no_sound_is_refused_by_name(data, code):
    assert refusal(data, "附件.m4a") in (code, "no_sound", "damaged")
    if code in ("empty", "no_sound"):
        assert refusal(data, "附件.m4a") == code


def test_film_and_archive_are_refused():
    assert refusal(film()) == "film"
    assert refusal(zipped()) == "no_sound"


def test_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(sounds, "_resounded", lambda _data: pytest.fail("read"))
    assert refusal(bytes(sounds.MAX_BYTES + 1)) == "too_large"


@pytest.mark.parametrize("kind", ["webm", "m4a", "mp3"])
def test_truncated_recording_is_what_there_is_of_it_or_damaged(kind):
    sent = recorded(kind, seconds=2)
    for share in (0.1, 0.5, 0.9):
        assert outcome(sent[: int(len(sent) * share)]) in ("taken", "damaged", "no_sound")


def test_second_file_behind_the_sound_stays_behind():
    polyglot = recorded("mp3") + zipped() + b"<script>alert(1)</script>"
    kept = sounds.read(upload(polyglot)).content
    assert b"PK\x03\x04" not in kept
    assert b"<script>" not in kept


def test_hours_of_silence_are_left_after_two_minutes():
    """Ten megabytes of silence are hours; nobody waits for the end of them, nor holds them in memory."""
    sent = recorded("ogg", seconds=3, silence=True)
    long = _wave(4_000, 1_200_000)
    started = time.monotonic()
    assert refusal(long) == "too_long"
    assert time.monotonic() - started < sounds.PATIENCE
    assert sounds.read(upload(sent)).seconds == 3


def _huge_table() -> bytes:
    """An MP4 of half a kilobyte that says it holds 2²⁸ pieces of sound, of 24 bytes each in a list."""

    def box(name: bytes, content: bytes) -> bytes:
        return (8 + len(content)).to_bytes(4, "big") + name + content

    def full(name: bytes, *numbers: int) -> bytes:
        return box(name, b"".join(n.to_bytes(4, "big") for n in (0, *numbers)))

    pieces = 1 << 28
    mp4a = box(b"mp4a", bytes(6) + b"\0\1" + bytes(8) + b"\0\1\0\x10" + bytes(4) + b"\x1f\x40\0\0")
    tables = box(b"stsd", b"\0\0\0\0\0\0\0\1" + mp4a)
    tables += full(b"stts", 1, pieces, 1024) + full(b"stsc", 1, 1, pieces, 1)
    tables += full(b"stsz", 1, pieces) + full(b"stco", 1, 48)
    media = full(b"mdhd", 0, 0, 8000, 8000, 0) + box(b"hdlr", bytes(8) + b"soun" + bytes(13))
    media += box(b"minf", box(b"stbl", tables))
    track = full(b"tkhd", 0, 0, 1, 0, 8000, *[0] * 15) + box(b"mdia", media)
    movie = full(b"mvhd", 0, 0, 8000, 8000, *[0] * 20) + box(b"trak", track)
    return box(b"ftyp", b"M4A \0\0\0\0M4A ") + box(b"moov", movie) + box(b"mdat", bytes(64))


def test_file_that_asks_for_much_memory_gets_none_of_ours():
    started = time.monotonic()
    assert refusal(_huge_table()) in ("damaged", "no_sound", "too_long")
    assert time.monotonic() - started < sounds.PATIENCE


def test_program_has_little_memory_and_writes_no_file(tmp_path):
    tries = f"""
import runpy, sys
ours = runpy.run_path({str(sounds._PROGRAM)!r})
ours["_confine"]()
try:
    bytearray(2 * ours["MEMORY"])
except MemoryError:
    print("no memory")
try:
    open({str(tmp_path / "file")!r}, "w").write("x" * 10_000)
except OSError:
    print("no file")
"""
    command = [sys.executable, "-c", "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)" + tries]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[:2] == ["no memory", "no file"], done.stderr


def test_program_that_dies_or_hangs_is_a_damaged_file(monkeypatch, tmp_path):
    for text in ("import os; os.abort()", "import time; time.sleep(60)", "print('{')", "print('{}x')"):
        program = tmp_path / "other.py"
        program.write_text(text)
        monkeypatch.setattr(sounds, "_PROGRAM", program)
        monkeypatch.setattr(sounds, "PATIENCE", 2)
        assert refusal(b"OggS") == "damaged"


def test_program_has_no_secret_of_ours(monkeypatch, tmp_path):
    monkeypatch.setenv("SHILIU_SECRET_KEY", "x" * 50)
    told = tmp_path / "told.py"
    has = "'film' if os.environ.get('SHILIU_SECRET_KEY') else 'too_long'"
    told.write_text(f"import os, json; print(json.dumps({{'fault': {has}, 'seconds': 0}}))")
    monkeypatch.setattr(sounds, "_PROGRAM", told)
    assert refusal(b"OggS") == "too_long"


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_have_a_known_reader_or_none(data):
    try:
        found = resound.reader_of(data)
    except resound.Fault as fault:
        found = str(fault)
    assert found in {"matroska", "ogg", "mov", "wav", "amr", "mp3", "aac", "no_sound"}


def test_random_bytes_behind_a_right_beginning_are_noise_or_nothing():
    for start in (b"OggS", b"ID3", b"\xff\xfb\x90", b"\xff\xf1", b"\x1aE\xdf\xa3", b"#!AMR\n"):
        assert outcome(start + os.urandom(2000)) in ("taken", "damaged", "no_sound", "too_long", "film")


# Playing --------------------------------------------------------------------------------------------------


@pytest.fixture
def stored(tmp_path):
    storage = PrivateStorage(location=tmp_path)
    name = storage.save("a.ogg", ContentFile(b"OggS0123456789"))

    class File:
        def open(self, mode):
            return storage.open(name, mode)

    return File()


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("", 200, b"OggS0123456789"),
        ("bytes=0-3", 206, b"OggS"),
        ("bytes=4-", 206, b"0123456789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=0-", 200, b"OggS0123456789"),
        ("bytes=99-", 200, b"OggS0123456789"),
        ("bytes=5-2", 200, b"OggS0123456789"),
        ("bytes=-", 200, b"OggS0123456789"),
        ("lines=1-2", 200, b"OggS0123456789"),
        ("bytes=0-1,3-4", 200, b"OggS0123456789"),
    ],
)
def test_recording_is_given_out_inert_whole_or_in_part(stored, asked, status, content):
    request = RequestFactory().get("/", headers={"range": asked} if asked else {})
    response = sounds.answer(request, stored, "a.ogg")
    assert (response.status_code, response.content) == (status, content)
    assert response["Content-Type"] == "audio/ogg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert ("Content-Range" in response) == (status == 206)


def test_recording_that_is_gone_is_not_found():
    class Gone:
        def open(self, mode):
            raise FileNotFoundError

    with pytest.raises(Http404):
        sounds.answer(RequestFactory().get("/"), Gone(), "a.ogg")
