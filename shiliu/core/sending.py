"""Short messages to services outside: split by bytes, not faster than a service allows, sent by apprise."""

import time
from dataclasses import dataclass

from django.core.cache import cache

# After which of these a text is cut, the best first: a line, a sentence, a part of one, a word.
_BREAKS = ("\n", "。！？", ".!?；;", "，、,：:", " ")


@dataclass(frozen=True)
class Service:
    """What a service takes: bytes of UTF-8 in one message, and seconds from one message to the next."""

    limit: int
    pause: float = 0


# The bots' own rules as their documentation states them; for others a length that every one takes.
SERVICES = {
    "wecombot": Service(2_048, 60 / 20),
    "dingtalk": Service(18_000, 60 / 20),
    "feishu": Service(18_000, 60 / 100),
}
OTHER = Service(1_000)


def service_of(url: str) -> Service:
    """By the scheme of an apprise address."""
    return SERVICES.get(url.partition("://")[0].lower(), OTHER)


def pieces(text: str, limit: int) -> list[str]:
    """The text in as few pieces as its breaks allow, each of at most `limit` bytes in UTF-8 (at least 4).

    Joined they are the text again: nothing is lost, and no character is cut through. A piece is cut
    after a line, else a sentence, else a word, if that leaves it at least half full.
    """
    if limit < 4:
        raise ValueError("A character can have 4 bytes.")
    found = []
    while text:
        piece = text.encode()[:limit].decode(errors="ignore")
        if len(piece) < len(text):
            piece = piece[: _cut(piece)]
        found.append(piece)
        text = text[len(piece) :]
    return found


def _cut(piece: str) -> int:
    """Where to cut what would go on."""
    for marks in _BREAKS:
        at = max(piece.rfind(mark) for mark in marks) + 1
        if at * 2 >= len(piece):
            return at
    return len(piece)


def send(url: str, text: str) -> bool:
    """Send a text to an apprise address; whether the service took all of it. Only in the worker: it waits."""
    import apprise  # heavy, and nothing but the worker needs it

    service = service_of(url)
    sender = apprise.Apprise()
    if not sender.add(url):
        return False
    for piece in pieces(text, service.limit):
        _wait_for_turn(url, service.pause)
        if not sender.notify(body=piece):
            return False
    return True


def _wait_for_turn(url: str, pause: float) -> None:
    """Wait until no process has sent anything to this kind of service for `pause` seconds."""
    if not pause:
        return
    # A second more, since the cache's table keeps whole seconds.
    while not cache.add(f"sending:{url.partition('://')[0]}", 1, timeout=pause + 1):
        time.sleep(pause / 10)
