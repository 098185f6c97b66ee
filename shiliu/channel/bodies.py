"""The body of an article in a CSV file: its paragraphs are one cell, all else and the order of it another.

The second cell, `blocks`, is a JSON list of the blocks as Wagtail stores them, with the word "paragraph"
where a paragraph of the first stands, and the names of files where Wagtail has their numbers. It is empty
where there is nothing but paragraphs. The files stand beside the CSV files (`core.exchange.beside`).
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import models, transaction
from django.utils.translation import gettext as _
from PIL import Image as Pixels
from wagtail import blocks
from wagtail.documents.models import Document
from wagtail.images.models import Image

from shiliu.channel import files
from shiliu.channel.blocks import MOST, MOST_FIGURES, Body, FileBlock
from shiliu.core.exchange import beside

PARAGRAPH = "paragraph"
LONGEST = 500_000  # characters of a cell
PLACES: dict[str, tuple[type[models.Model], str]] = {
    "image": (Image, "pictures"),
    "file": (Document, "documents"),
}


def text_of(body: Any) -> str:
    """The plain paragraphs with an empty line between them."""
    return "\n\n".join(block.value for block in body if block.block_type == PARAGRAPH)


def body_of(text: str) -> list[tuple[str, str]]:
    """The inverse of `text_of`, for a body of paragraphs alone."""
    return [(PARAGRAPH, part) for part in text.split("\n\n")] if text else []


def with_text(raw: list[Any], text: str) -> list[Any]:
    """Raw blocks with the paragraphs of `text` in the places of their own; all other blocks stay.

    What is more comes behind the last paragraph, at the end where there is none.
    """
    raw = [dict(block) for block in raw]
    new = [{"type": PARAGRAPH, "value": value} for _name, value in body_of(text)]
    places = [n for n, block in enumerate(raw) if block["type"] == PARAGRAPH]
    for n, block in zip(places, new, strict=False):
        raw[n] = raw[n] | block
    if len(new) > len(places):
        at = places[-1] + 1 if places else len(raw)
        return raw[:at] + new[len(places) :] + raw[at:]
    gone = set(places[len(new) :])
    return [block for n, block in enumerate(raw) if n not in gone]


# Out --------------------------------------------------------------------------------------------------------


def layout_of(body: Any, *, export: bool = False) -> str:
    """What `blocks` holds of a body. export: also put its files beside the CSV files."""
    raw, empty = list(body.get_prep_value()), not text_of(body)
    names = _names([block for block in raw if block["type"] != PARAGRAPH], export=export)
    listed: list[Any] = []
    words: list[str] = []  # so far: a line break at the end of one paragraph counts with what follows
    for block in raw:
        if block["type"] != PARAGRAPH:
            value = _mapped(block["value"], lambda key, pk: names.get((key, pk)))
            listed.append({"type": block["type"], "value": value})
        elif not empty:
            before = _number(words)
            words.append(block["value"])
            listed += [PARAGRAPH] * (_number(words) - before)
    return _written(listed) if any(block != PARAGRAPH for block in listed) else ""


def _number(words: list[str]) -> int:
    return len("\n\n".join(words).split("\n\n")) if words else 0


def _written(listed: list[Any]) -> str:
    return json.dumps(listed, ensure_ascii=False, sort_keys=True)


def _mapped(value: Any, turn: Callable[[str, Any], Any]) -> Any:
    """Raw data with `turn(key, value)` where a file is named, without what only Wagtail's form needs."""
    if isinstance(value, dict) and value.get("type") == "item" and "value" in value:
        return _mapped(value["value"], turn)  # an item of a list, which can stand without that frame
    if isinstance(value, dict):
        kept = {key: each for key, each in value.items() if key != "id"}
        return {k: turn(k, v) if k in PLACES else _mapped(v, turn) for k, v in kept.items()}
    if isinstance(value, (list, tuple)):
        return [_mapped(each, turn) for each in value]
    return value


def _names(raw: list[Any], *, export: bool) -> dict[tuple[str, Any], str]:
    """The name of each file that the blocks refer to, by where it is named and its number."""
    asked: dict[str, set[Any]] = {key: set() for key in PLACES}
    _mapped([block["value"] for block in raw], lambda key, pk: asked[key].add(pk))
    names = {}
    for key, (model, place) in PLACES.items():
        for it in model._default_manager.filter(pk__in=asked[key] - {None}) if asked[key] else ():
            name = PurePath(it.file.name).name  # type: ignore[attr-defined]
            names[key, it.pk] = name
            if export:
                beside.put(place, name, it.file)  # type: ignore[attr-defined]
    return names


# In ---------------------------------------------------------------------------------------------------------


class LayoutField(models.TextField):
    """The column `blocks`: checked whole before anything is written."""

    def clean(self, value: Any, model_instance: Any) -> str:
        text = super().clean(value, model_instance)
        return checked(text) if text.strip() else ""


def checked(text: str) -> str:
    """The cell in the form in which it is exported. ValidationError says which block is wrong."""
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list) or len(text) > LONGEST:
        raise ValidationError(_("This is no list of blocks as `shiliu export` writes it."))
    if len(listed) > MOST:
        raise ValidationError(_("An article has at most %d blocks.") % MOST)
    known = Body().child_blocks
    for n, block in enumerate(listed, 1):
        if block == PARAGRAPH:
            continue
        kind = block.get("type") if isinstance(block, dict) else None
        if (
            not isinstance(kind, str)
            or kind not in known
            or kind == PARAGRAPH
            or set(block) - {"type", "value", "id"}
        ):
            raise ValidationError(_("Block %d is of no kind that there is.") % n)
        try:
            _check(known[kind], block.get("value"))
        except ValidationError as error:
            sentence = _("Block %(n)d (%(kind)s): %(why)s")
            why = " ".join(error.messages)
            raise ValidationError(sentence % {"n": n, "kind": known[kind].label, "why": why}) from None
        except (TypeError, ValueError, KeyError, AttributeError):
            raise ValidationError(_("Block %d holds something else than blocks of its kind.") % n) from None
    if len([block for block in listed if block != PARAGRAPH and block["type"] == "figure"]) > MOST_FIGURES:
        raise ValidationError(_("An article has at most %d figures.") % MOST_FIGURES)
    return _written([_shorn(block) for block in listed]) if any(it != PARAGRAPH for it in listed) else ""


def _shorn(block: Any) -> Any:
    """A block without ids."""
    if block == PARAGRAPH:
        return block
    return {"type": block["type"], "value": _mapped(block["value"], lambda _key, name: name)}


def _check(block: Any, value: Any) -> None:
    """As the form checks it, but that a card's record may come later and a file is known by its name."""
    if isinstance(block, blocks.ListBlock):
        items = [it["value"] if isinstance(it, dict) and "value" in it else it for it in value]
        _count(block, items)
        for it in items:
            _check(block.child_block, it)
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            if name in PLACES:
                _check_file(name, child, value.get(name))
            else:
                _check_field(child, value.get(name))
    else:
        block.clean(block.to_python(value))


def _check_field(block: Any, value: Any) -> None:
    try:
        _check(block, value)
    except ValidationError as error:
        raise ValidationError(f"{block.label}: {' '.join(error.messages)}") from None


def _count(block: Any, items: list[Any]) -> None:
    if not block.meta.min_num <= len(items) <= block.meta.max_num:
        numbers = {"min": block.meta.min_num, "max": block.meta.max_num}
        raise ValidationError(_("Between %(min)d and %(max)d are possible here.") % numbers)


def _check_file(key: str, block: Any, name: Any) -> None:
    allowed = set(files.KINDS[block.group]) if isinstance(block, FileBlock) else set(files.PICTURES)
    if not isinstance(name, str) or files.extension(name) not in allowed:
        sentence = _("“%(name)s” cannot be used here. Choose a file of these kinds: %(kinds)s.")
        raise ValidationError(sentence % {"name": name, "kinds": ", ".join(sorted(allowed))})
    model, place = PLACES[key]
    path = beside.found(place, name)
    if path is None and _stored(model, name) is None:
        raise ValidationError(_("“%(name)s” is not in files/%(place)s.") % {"name": name, "place": place})
    if path is not None and model is Image:
        try:
            with Pixels.open(path, formats=["JPEG", "PNG", "WEBP", "GIF"]) as pixels:
                pixels.verify()
        except Exception:
            raise ValidationError(_("“%s” is no picture that can be read. Save it anew.") % name) from None


def raw_of(layout: str, text: str) -> list[Any]:
    """Raw blocks of the two cells; files that are new here are taken in."""
    listed = json.loads(layout) if layout else []
    raw = [
        {"type": PARAGRAPH, "value": ""}
        if block == PARAGRAPH
        else {"type": block["type"], "value": _mapped(block["value"], _taken)}
        for block in listed
    ]
    return with_text(raw, text)


def _taken(key: str, name: str) -> int:
    """The number of a file: of the one that has this name and content, else of a new one."""
    model, place = PLACES[key]
    path = beside.found(place, name)
    if path is None:
        known = _stored(model, name)
        if known is None:
            raise ValidationError(_("“%(name)s” is not in files/%(place)s.") % {"name": name, "place": place})
        return int(known.pk)
    digest = hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()  # as Wagtail knows files
    it: Any = _stored(model, name)
    if it is None or it.file_hash != digest:
        # Where the name is somebody else's, one with the same content will do.
        alike = model._default_manager.filter(file_hash=digest).order_by("pk").first() if it else None
        it = alike or _made(model, path, name, digest)
    if not it.file.storage.exists(it.file.name):
        transaction.on_commit(lambda: _keep(it, path))
    return int(it.pk)


def _stored(model: type[models.Model], name: str) -> Any:
    folder = "original_images" if model is Image else "documents"
    return model._default_manager.filter(file=f"{folder}/{name}").first()


def _made(model: type[models.Model], path: Path, name: str, digest: str) -> Any:
    """A row whose file is stored when all of it is: what is taken back leaves none."""
    folder = "original_images" if model is Image else "documents"
    storage = model._meta.get_field("file").storage  # type: ignore[union-attr]
    values: dict[str, Any] = {"file": storage.get_available_name(f"{folder}/{name}", max_length=100)}
    if model is Image:
        with Pixels.open(path) as pixels:
            values |= {"width": pixels.width, "height": pixels.height}
    title, size = PurePath(name).stem[:255], path.stat().st_size
    return model._default_manager.create(title=title, file_size=size, file_hash=digest, **values)


def _keep(it: Any, path: Path) -> None:
    with path.open("rb") as content:
        it.file.storage.save(it.file.name, File(content))
