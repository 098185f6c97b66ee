"""Photos and a voice note of a form that comes back, under the form's key: no browser keeps what was chosen.

Encrypted, and thrown away after a day (`core.held`). Whoever has the key has made the form.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from shiliu.core import held
from shiliu.core.pictures import Picture
from shiliu.core.sounds import Sound


@dataclass(frozen=True)
class Held:
    """What the form was sent with, as it is kept."""

    pictures: list[Picture]
    recording: Sound | None


def hold(key: str, pictures: Sequence[Picture], recording: Sound | None) -> None:
    """Keep them until the form is sent again."""
    content = {
        "pictures": [_packed(picture) for picture in pictures],
        "recording": _packed(recording) if recording else None,
    }
    held.hold_for(key, json.dumps(content).encode())


def of(key: str) -> Held | None:
    """What is held under a form's key; None where it is too long ago."""
    content = held.held_for(key)
    if content is None:
        return None
    kept = json.loads(content)
    recording = kept["recording"]
    return Held(
        [Picture(**_unpacked(each)) for each in kept["pictures"]],
        Sound(**_unpacked(recording)) if recording else None,
    )


def _packed(file: Picture | Sound) -> dict[str, Any]:
    return {
        name: {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
        for name, value in asdict(file).items()
    }


def _unpacked(kept: dict[str, Any]) -> dict[str, Any]:
    return {
        name: base64.b64decode(value["base64"]) if isinstance(value, dict) else value
        for name, value in kept.items()
    }
