"""How signed sentences are told again, from signed parts alone.

A sentence is a row of texts and of places for figures: `["There were ", {"figure": "plan.meetings", …}]`.
"""

from collections.abc import Callable, Mapping
from typing import Any

Words = Callable[[Mapping[str, Any]], str | None]
Told = list[str | tuple[str, str]]  # texts, and figures as (key, words)


def told(text: Mapping[str, Any], words: Words) -> Told:
    """The paragraph. words: what is written for a place, None where this copy does not show it.

    A drafted sentence with such a place is left out; in an editor's own it says so.
    """
    found: Told = []
    for sentence in text["sentences"]:
        pieces: Told = []
        for each in sentence:
            if isinstance(each, str):
                pieces.append(each)
                continue
            written = words(each)
            if written is None and not text["own"]:
                break
            pieces.append((each["figure"], text["few"] if written is None else written))
        else:
            found += [*([text["between"]] if found and text["between"] else []), *pieces]
    return found


def words_of(part: str, language: str, content: Callable[[str], Any]) -> Words:
    """The words for the places of a part's paragraph. content: a signed part by its name, or None."""

    def words(place: Mapping[str, Any]) -> str | None:
        key, bare = place["figure"], place["bare"]
        if place["frozen"]:
            kept = content(f"frozen/{part}/{language}/{key}")
            return kept and (kept["number"] if bare else kept["words"])
        value = content(f"value/{key}")
        return value and (value["number"] if bare else value["words"][language])

    return words


def plain(pieces: Told) -> str:
    return "".join(each if isinstance(each, str) else each[1] for each in pieces)
