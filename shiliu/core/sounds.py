"""Spoken notes that people send."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sound:
    """What is kept of a recording: its sound, encoded anew as Opus in an Ogg file.

    content: the file. seconds: how long it is. digest: SHA-256 (hex) of what was sent.
    """

    content: bytes
    seconds: int
    digest: str
