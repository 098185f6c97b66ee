"""Boundaries as GeoJSON files (RFC 7946): all of a file or nothing, and everything out again."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from django.db import transaction
from django.utils.translation import gettext as _

from shiliu.core import access
from shiliu.core.access import Actor
from shiliu.core.door import Refused
from shiliu.core.snapshot import read_snapshot
from shiliu.grid.actions import set_boundary
from shiliu.grid.models import Area, Boundary

MOST_BYTES = 64 * 1024 * 1024
# RFC 7946 knows WGS-84 alone. Older files name a system. These are WGS-84, or within 0.1 m of it (CGCS2000).
SAME_SYSTEM = re.compile(
    r"(urn:ogc:def:crs:)?(OGC:(1\.3)?:?CRS84|EPSG:(\d+(\.\d+)*)?:?(4326|4490))", re.IGNORECASE
)


@dataclass
class Outcome:
    """How many features did what, and a sentence for each one that was refused; then nothing was written."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)


class _TakenBack(Exception):
    pass


def read_file(path: Path) -> list[Any]:
    """The features of a file. Raises Refused for one that is none."""
    if path.stat().st_size > MOST_BYTES:
        raise Refused(
            _("%(file)s is larger than %(most)s MB. Simplify the boundaries, or give a file for each town.")
            % {"file": path, "most": MOST_BYTES // 1024 // 1024}
        )
    try:
        content = json.loads(path.read_bytes(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused(_("%s is not a JSON file. Export the boundaries as GeoJSON.") % path) from None
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection":
        raise Refused(_("%s holds no FeatureCollection. Export the boundaries as GeoJSON.") % path)
    _check_system(content)
    features = content.get("features")
    if not isinstance(features, list) or not features:
        raise Refused(_("%s holds no feature. Export the boundaries as GeoJSON.") % path)
    return features


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _check_system(content: dict[str, Any]) -> None:
    crs = content.get("crs")
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not SAME_SYSTEM.fullmatch(name):
        raise Refused(
            _("The coordinates are in %s. Export them in longitude and latitude (EPSG:4326).")
            % (f"“{name[:80]}”" if isinstance(name, str) else _("an unknown system"))
        )


def load(
    features: list[Any],
    *,
    system: str,
    source: str,
    by: Actor,
    code_property: str = "code",
    dry_run: bool = False,
) -> Outcome:
    """Set the boundary of each feature's area. One that is refused, or `dry_run`, and nothing is written."""
    outcome = Outcome()
    seen: dict[str, int] = {}

    def one(number: int, feature: Any) -> None:
        code = _code(feature, code_property)
        if code in seen:
            raise Refused(_("It has the same code as feature %s. Keep one of them.") % seen[code])
        seen[code] = number
        area = areas.get(code)
        if area is None:
            raise Refused(_("No area has this code. Import areas.csv first, or mend the code."))
        _set(area, feature.get("geometry"), outcome, existing.get(code), system=system, source=source, by=by)

    codes = {_code_or_none(feature, code_property) for feature in features} - {None}
    try:
        with transaction.atomic():
            areas = Area.objects.in_bulk(sorted(codes), field_name="code")
            existing = {each.area_id: each for each in Boundary.objects.filter(area__in=codes)}
            for number, feature in enumerate(features, 1):
                _told(outcome, number, feature, code_property, one)
            if outcome.refused or dry_run:
                raise _TakenBack
    except _TakenBack:
        pass
    return outcome


def _told(
    outcome: Outcome, number: int, feature: Any, code_property: str, one: Callable[[int, Any], None]
) -> None:
    """Do one feature; what is refused becomes a sentence that names it."""
    try:
        one(number, feature)
    except Refused as refusal:
        name = (
            _("Feature %(number)s (%(code)s)")
            if _code_or_none(feature, code_property)
            else _("Feature %(number)s")
        )
        data = {"number": number, "code": _code_or_none(feature, code_property)}
        outcome.refused.append(f"{name % data}: {refusal}")


def _set(area: Area, geometry: Any, outcome: Outcome, old: Boundary | None, **given: Any) -> None:
    new = set_boundary(area, geometry, seen=old.version if old else None, **given)
    if old is None:
        outcome.created += 1
    elif new.version == old.version:
        outcome.unchanged += 1
    else:
        outcome.changed += 1


def _code_or_none(feature: Any, code_property: str) -> str | None:
    try:
        return _code(feature, code_property)
    except Refused:
        return None


def _code(feature: Any, code_property: str) -> str:
    """The code that a feature names; map programs like to make a number of it."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    code = properties.get(code_property) if isinstance(properties, dict) else None
    text = str(code).strip() if isinstance(code, (str, int)) and not isinstance(code, bool) else ""
    if not text:
        raise Refused(_("It has no property “%s” with the code of an area. Add it.") % code_property)
    return text[:40]


def dump(*, by: Actor) -> Iterator[str]:
    """The text of a GeoJSON file with every boundary, in pieces, as of one moment, by the order of codes."""
    access.require(by, "core.export", "")
    yield '{"type":"FeatureCollection","features":['
    with read_snapshot():
        for n, each in enumerate(Boundary.objects.select_related("area").order_by("area").iterator()):
            about = {
                "code": each.area_id,
                "name": each.area.name,
                "came_in": each.came_in,
                "source": each.source,
            }
            words = json.dumps(about, ensure_ascii=False)
            shape = f'{{"type":"MultiPolygon","coordinates":{each.geometry}}}'
            yield f'{"," if n else ""}\n{{"type":"Feature","properties":{words},"geometry":{shape}}}'
    yield "\n]}\n"
