"""Fingertip learning: a small library, and three guides that show how a guide looks."""

from datetime import date
from typing import Any

from recipe.base import TOWN, Tables, read_toml, table

SINCE = date(2023, 4, 3)
TOLD = (
    "title", "summary", "gives", "unit", "place", "hours", "papers", "takes", "local", "source",
    "source_number", "source_date", "category", "questions",
)  # fmt: skip


def _resources(said: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Without a language it is Chinese, without an area the town's."""
    rows: list[tuple[Any, ...]] = []
    for n, it in enumerate(said["resources"], 1):
        text = said["texts"][it["text"]].strip() if "text" in it else ""
        join = said["join"] if it["kind"] == "live" else ""
        head = [it.get(name, "") for name in ("title", "kind", "provider", "topic")]
        middle = [it.get(name) for name in ("audience", "minutes", "summary", "link", "file", "starts_at")]
        end = (join, text, it.get("area", TOWN), it["since"], it.get("until"))
        rows.append((f"K{n:02}", *head, it.get("language", "zh-Hans"), *middle, *end))
    return rows


def _guides(said: dict[str, Any]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for it in said["guides"]:
        told = [it[name].strip() if isinstance(it[name], str) else it[name] for name in TOLD]
        rows.append((it["code"], "zh-Hans", *told, "", True, TOWN, SINCE, None))
    return rows


def tables() -> Tables:
    said = read_toml("learning.toml")
    head = "code title kind provider topic language audience minutes summary link file starts_at join text"
    told = " ".join(TOLD)
    return {
        "resources": table(f"{head} area valid_from valid_to", _resources(said)),
        "guides": table(
            f"code language {told} source_link is_example area valid_from valid_to", _guides(said)
        ),
    }
