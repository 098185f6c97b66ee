"""Short messages to services outside: split by bytes, at the pace of each bot, otherwise sent by apprise."""

import time

from shiliu.core import bots

# After which of these a text is cut, the best first: a line, a sentence, a part of one, a word.
_BREAKS = ("\n", "。！？", ".!?；;", "，、,：:", " ")
OTHER = 1_000  # bytes that every service takes


def limit_of(url: str) -> int:
    """How many bytes of UTF-8 the service of an apprise address takes in one message."""
    vendor = bots.vendor_of(url)
    return bots.VENDORS[vendor].limit if vendor else OTHER


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
    found = pieces(text, limit_of(url))
    if bots.vendor_of(url):
        return all(_by_bot(url, piece) for piece in found)
    import apprise  # heavy, and nothing but the worker needs it

    sender = apprise.Apprise()
    return bool(sender.add(url)) and all(sender.notify(body=piece) for piece in found)


def _by_bot(url: str, piece: str) -> bool:
    while pause := bots.take_turn(url):
        time.sleep(min(pause, 5))
    return bots.post(url, piece).outcome == bots.Outcome.TAKEN
