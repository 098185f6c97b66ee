"""Boundaries: the action, a GeoJSON file in, all of it or nothing, and out again."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from shiliu.core import audit
from shiliu.core.access import NotPermitted, System
from shiliu.core.coordinates import to_gcj02
from shiliu.core.door import Refused, StaleState
from shiliu.core.models import AuditEntry
from shiliu.grid import boundaries
from shiliu.grid.actions import set_boundary
from shiliu.grid.models import Boundary
from tests.factories import CODES

SQUARE = [[109.8, 40.6], [109.9, 40.6], [109.9, 40.7], [109.8, 40.7], [109.8, 40.6]]
SYSTEM = System("test")


def polygon(dx: float = 0):
    return {"type": "Polygon", "coordinates": [[[round(lon + dx, 6), lat] for lon, lat in SQUARE]]}


def draw(area, by=SYSTEM, **values):
    given = {"geometry": polygon(), "system": "wgs84", "source": "测绘院，2024"} | values
    return set_boundary(area, given.pop("geometry"), by=by, **given)


# The action -----------------------------------------------------------------------------------------------


def test_boundary_is_stored_with_its_box_and_told(places, staff):
    it = draw(places.east_1, by=staff.administrator)
    it.refresh_from_db()
    assert json.loads(it.geometry) == [[SQUARE]]
    assert [str(n) for n in (it.west, it.south, it.east, it.north)] == [
        "109.800000", "40.600000", "109.900000", "40.700000",
    ]  # fmt: skip
    assert (it.came_in, it.source, it.version, it.village) == ("wgs84", "测绘院，2024", 1, places.east.code)
    [entry] = audit.entries_of(it)
    assert audit.sentence(entry) == (
        f"administrator某 drew the boundary of {places.east_1.code}, which came in wgs84 from “测绘院，2024”"
    )
    assert (entry.data["geometry"], entry.area) == (audit.MASK, places.east_1.code)


def test_boundary_is_changed_by_who_saw_it(places):
    draw(places.east_1)
    changed = draw(places.east_1, geometry=polygon(0.1), seen=1)
    assert changed.version == 2
    assert json.loads(Boundary.objects.get().geometry)[0][0][0] == [109.9, 40.6]
    assert AuditEntry.objects.count() == 2
    with pytest.raises(StaleState):
        draw(places.east_1, geometry=polygon(0.2), seen=1)
    assert Boundary.objects.get().version == 2


def test_same_boundary_again_writes_nothing(places):
    draw(places.east_1)
    assert draw(places.east_1, seen=1).version == 1
    assert AuditEntry.objects.count() == 1


def test_second_boundary_of_an_area_is_refused(places):
    draw(places.east_1)
    with pytest.raises(Refused, match="such a record already"):
        draw(places.east_1)


def test_boundary_that_is_gone_is_told(places):
    with pytest.raises(StaleState, match="no boundary any more"):
        draw(places.east_1, seen=1)


@pytest.mark.parametrize("who", ["worker", "coordinator", "leader", "nobody"])
@pytest.mark.parametrize("seen", [None, 1])
def test_only_who_may_edit_areas_draws(places, staff, who, seen):
    if seen:
        draw(places.east_1)
    with pytest.raises(NotPermitted):
        draw(places.east_1, by=getattr(staff, who), seen=seen)
    with pytest.raises(NotPermitted):
        draw(places.far_1, by=staff.administrator)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"system": "bd09"}, "“bd09” is no coordinate system"),
        ({"source": "  "}, "Say where the boundary comes from"),
        ({"source": "源" * 201}, "Say where the boundary comes from"),
        ({"geometry": {"type": "Point", "coordinates": [109, 40]}}, "“Point”, not an area"),
    ],
)
def test_bad_boundary_is_refused_and_nothing_written(places, values, sentence):
    with pytest.raises(Refused, match=sentence):
        draw(places.east_1, **values)
    assert not Boundary.objects.exists()
    assert not AuditEntry.objects.exists()


def test_database_refuses_a_box_without_room(places):
    it = draw(places.east_1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Boundary.objects.filter(pk=it.pk).update(east=it.west)


# Files ----------------------------------------------------------------------------------------------------


def feature(code, geometry=None, **properties):
    return {"type": "Feature", "properties": {"code": code} | properties, "geometry": geometry or polygon()}


@pytest.fixture
def written(tmp_path):
    """written(features or text, …): a file with them."""

    def write(content, **more):
        path = tmp_path / "boundaries.geojson"
        if isinstance(content, list):
            content = json.dumps({"type": "FeatureCollection", "features": content} | more)
        path.write_text(content, encoding="utf-8")
        return path

    return write


@pytest.fixture
def run(capsys):
    def start(path, *options, status=0):
        given = ["import-boundaries", str(path), "--system=wgs84", "--source=测试", *options]
        if status:
            with pytest.raises(SystemExit) as stop:
                call_command(*given)
            assert stop.value.code == status
        else:
            call_command(*given)
        return capsys.readouterr()

    return start


def test_file_is_imported_and_again_changes_nothing(places, written, run):
    path = written([feature(places.east_1.code), feature(int(places.east_2.code), polygon(0.1))])
    assert run(path).out.splitlines() == ["created 2", "changed 0", "unchanged 0", "refused 0"]
    assert run(path).out.splitlines() == ["created 0", "changed 0", "unchanged 2", "refused 0"]
    assert AuditEntry.objects.count() == 2
    path = written([feature(places.east_1.code, polygon(0.2))])
    assert run(path).out.splitlines()[1] == "changed 1"


def test_dry_run_writes_nothing(places, written, run):
    said = run(written([feature(places.east_1.code)]), "--dry-run").out
    assert "created 1" in said
    assert "nothing was written" in said
    assert not Boundary.objects.exists()


def test_gcj02_file_lies_where_it_should(places, written, capsys):
    shifted = {"type": "Polygon", "coordinates": [[list(to_gcj02(*point)) for point in SQUARE]]}
    path = written([feature(places.east_1.code, shifted)])
    call_command("import-boundaries", str(path), "--system=gcj02", "--source=测试")
    it = Boundary.objects.get()
    assert (json.loads(it.geometry), it.came_in) == ([[SQUARE]], "gcj02")


def test_code_may_stand_in_another_property(places, written, run):
    path = written([feature("x", wgbm=places.east_1.code)])
    assert "created 1" in run(path, "--code-property=wgbm").out


def test_one_refused_feature_and_nothing_is_imported(places, written, run):
    good, crossed = feature(places.east_1.code), polygon()
    crossed["coordinates"][0][1:3] = reversed(crossed["coordinates"][0][1:3])
    path = written(
        [
            good,
            feature("990009999"),
            feature(places.east_1.code),
            feature(places.east_2.code, {"type": "Point", "coordinates": [109.8, 40.6]}),
            {"type": "Feature", "properties": None, "geometry": polygon()},
            "no feature",
            feature(places.west_1.code, crossed),
        ]
    )
    said = run(path, status=1)
    assert said.err.splitlines() == [
        "Feature 2 (990009999): No area has this code. Import areas.csv first, or mend the code.",
        f"Feature 3 ({CODES['east_1']}): It has the same code as feature 1. Keep one of them.",
        f"Feature 4 ({CODES['east_2']}): The geometry is “Point”, not an area. "
        "Give a Polygon or a MultiPolygon.",
        "Feature 5: It has no property “code” with the code of an area. Add it.",
        "Feature 6: It has no property “code” with the code of an area. Add it.",
        f"Feature 7 ({CODES['west_1']}): A ring near 109.800000, 40.600000 encloses nothing. "
        "Draw the area around.",
    ]
    assert "Nothing was imported" in said.out
    assert not Boundary.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is not a JSON file"),
        ("code,name", "is not a JSON file"),
        ("[" * 100_000, "is not a JSON file"),
        ('{"type":"FeatureCollection","features":[NaN]}', "is not a JSON file"),
        ("[]", "holds no FeatureCollection"),
        ('{"type":"Feature"}', "holds no FeatureCollection"),
        ('{"type":"FeatureCollection"}', "holds no feature"),
        ('{"type":"FeatureCollection","features":[]}', "holds no feature"),
    ],
)
def test_file_that_is_none_is_refused(db, written, run, content, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(written(content))


def test_file_that_is_too_large_is_refused_unread(db, written, run, monkeypatch):
    monkeypatch.setattr(boundaries, "MOST_BYTES", 10)
    with pytest.raises(CommandError, match="larger than"):
        run(written("no JSON, but long"))


def crs(name):
    return {"type": "name", "properties": {"name": name}}


@pytest.mark.parametrize(
    "named",
    [
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "EPSG:4326",
        "urn:ogc:def:crs:EPSG::4326",
        "urn:ogc:def:crs:EPSG::4490",
    ],
)
def test_systems_that_are_wgs84_are_read(places, written, run, named):
    assert "created 1" in run(written([feature(places.east_1.code)], crs=crs(named))).out


@pytest.mark.parametrize(
    "named", [crs("urn:ogc:def:crs:EPSG::3857"), crs("EPSG:43260"), crs(None), {}, "EPSG:4326", 4326]
)
def test_other_systems_are_refused(places, written, run, named):
    with pytest.raises(CommandError, match="Export them in longitude and latitude"):
        run(written([feature(places.east_1.code)], crs=named))


def test_export_is_read_back(places, written, run, tmp_path, capsys):
    run(written([feature(places.east_2.code, polygon(0.1)), feature(places.east_1.code)]))
    path = tmp_path / "out.geojson"
    call_command("export-boundaries", str(path))
    assert "holds 2 boundaries" in capsys.readouterr().out
    exported = json.loads(path.read_text("utf-8"))
    assert [each["properties"] for each in exported["features"]] == [
        {"code": area.code, "name": area.name, "came_in": "wgs84", "source": "测试"}
        for area in (places.east_1, places.east_2)
    ]
    assert run(path).out.splitlines()[2] == "unchanged 2"
    with pytest.raises(CommandError, match="there already"):
        call_command("export-boundaries", str(path))


def test_export_of_nothing_is_a_file_too(db, tmp_path):
    call_command("export-boundaries", str(tmp_path / "out.geojson"))
    assert json.loads((tmp_path / "out.geojson").read_text("utf-8"))["features"] == []


@pytest.mark.parametrize("n", [1, 3])
def test_export_is_one_query(places, n, django_assert_num_queries):
    for name in ("east_1", "east_2", "west_1")[:n]:
        draw(getattr(places, name))
    with django_assert_num_queries(1):
        assert "".join(boundaries.dump(by=SYSTEM)).count('"Feature"') == n
