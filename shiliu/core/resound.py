"""A program of its own: reads a recording of any kind from its input, writes its sound as Opus in Ogg.

    python -I resound.py 120 < note.m4a     # the longest that is taken, in seconds

It answers with a line of JSON, {"fault": "", "seconds": 12}, and then the new file. The libraries in it are
large and written in C, and what people send may be made to hurt them. So it runs without anything of ours: no
settings, no secrets, no files to write, little memory, little time (decision 12).
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

MEMORY, CPU_SECONDS = 1 << 30, 30  # a gigabyte of addresses, of which the libraries' own code takes a half
RATE, BITS = 48_000, 24_000
VOICE = {"application": "voip", "compression_level": "5"}
RATES = range(4_000, 192_001)
MOST_CHANNELS = 8
MOST_PACKETS = 100_000  # two minutes of the shortest packets there are make half of it
# What a file begins with, and who reads it. A reader is never guessed: some of them open other files.
SOUNDS = {"opus", "vorbis", "aac", "mp3", "mp3float", "amrnb", "amrwb", "flac", "alac"}


class Fault(Exception):
    """Why it is not taken: one of the words that `core.sounds` has a sentence for."""


def reader_of(data: bytes) -> str:
    """The name of the library's reader for a file, by its first bytes."""
    if data.startswith(b"\x1aE\xdf\xa3"):
        return "matroska"
    if data.startswith(b"OggS"):
        return "ogg"
    if data[4:8] == b"ftyp":
        return "mov"
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return "wav"
    if data.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return "amr"
    if data.startswith(b"ID3"):
        return "mp3"
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0:
        return "mp3" if data[1] & 0x06 else "aac"
    raise Fault("no_sound")


def resound(data: bytes, most: int) -> tuple[int, bytes]:
    """How many seconds it lasts, and its sound as a new file. Raises Fault."""
    reader = reader_of(data)
    import av  # not before something is known of the file: it takes a quarter of a second

    try:
        with av.open(io.BytesIO(data), format=reader, metadata_errors="replace") as source:
            return _encoded(_frames(source, _voice(source), most))
    except (av.FFmpegError, ValueError, OverflowError, MemoryError):
        raise Fault("damaged") from None


def _voice(source: Any) -> Any:
    """The stream to be heard. A picture on the cover is no film."""
    if any(not _is_cover(stream) for stream in source.streams.video):
        raise Fault("film")
    if not source.streams.audio:
        raise Fault("no_sound")
    stream = source.streams.audio[0]
    codec = stream.codec_context
    if codec.name not in SOUNDS and not codec.name.startswith("pcm_"):
        raise Fault("no_sound")
    if codec.sample_rate not in RATES or not 1 <= codec.channels <= MOST_CHANNELS:
        raise Fault("damaged")
    return stream


def _is_cover(stream: Any) -> bool:
    return "attached_pic" in str(stream.disposition).lower()


def _decoded(packet: Any) -> list[Any]:
    """What is in a packet; nothing in one that is broken, as at the end of a file that was cut off."""
    import av

    try:
        return list(packet.decode())
    except av.InvalidDataError:
        return []


def _frames(source: Any, stream: Any, most: int) -> Iterator[Any]:
    """Its sound in one channel, piece by piece, as long as it is not too long."""
    from av.audio.resampler import AudioResampler

    resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
    samples = 0
    for number, packet in enumerate(source.demux(stream)):
        if number > MOST_PACKETS:
            raise Fault("damaged")
        for frame in _decoded(packet):
            if frame.sample_rate not in RATES or frame.samples > most * frame.sample_rate:
                raise Fault("damaged")
            for piece in resampler.resample(frame):
                samples += piece.samples
                if samples > most * RATE:
                    raise Fault("too_long")
                yield piece
    yield from resampler.resample(None)


def _encoded(frames: Iterator[Any]) -> tuple[int, bytes]:
    import av

    out, samples = io.BytesIO(), 0
    with av.open(out, "w", format="ogg", container_options={"fflags": "bitexact"}) as target:
        stream = target.add_stream("libopus", rate=RATE, layout="mono", options=VOICE)
        stream.bit_rate = BITS
        for frame in frames:
            frame.pts, frame.time_base = samples, Fraction(1, RATE)
            samples += frame.samples
            target.mux(stream.encode(frame))
        if not samples:
            raise Fault("no_sound")
        target.mux(stream.encode(None))
    return max(round(samples / RATE), 1), out.getvalue()


def _confine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main(most: int) -> None:
    _confine()
    try:
        seconds, content = resound(sys.stdin.buffer.read(), most)
        said = {"fault": "", "seconds": seconds}
    except Fault as fault:
        said, content = {"fault": str(fault)}, b""
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + content)


if __name__ == "__main__":
    main(int(sys.argv[1]))
