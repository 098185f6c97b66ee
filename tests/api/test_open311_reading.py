"""Open311 GeoReport v2, what everybody reads: discovery, services, requests; each in XML and JSON."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from shiliu.core.access import Resident
from shiliu.grid.models import Boundary
from shiliu.requests import actions
from shiliu.requests.models import Category, CategoryQuestion, Request, State
from shiliu.requests.public_ids import public_id
from tests import factories
from tests.api.conftest import faults, xml

PUBLISHED = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime",
    "address", "address_id", "zipcode", "lat", "long", "media_url",
]  # fmt: skip


def ids(response) -> list[str]:
    assert response.status_code == 200, response.content.decode()
    return [each["service_request_id"] for each in json.loads(response.content)]


def ago(**length) -> datetime:
    return timezone.now() - timedelta(**length)


@pytest.fixture
def add(places, lamp):
    """add(days ago, …): a public request of the first grid."""

    def make(days: float = 1, **values) -> Request:
        given = {"received_at": ago(days=days), "due_at": ago(days=days - 3)} | values
        return factories.request(given.pop("area", places.east_1), given.pop("of", lamp), **given)

    return make


# Discovery ------------------------------------------------------------------------------------------------


def test_discovery_names_the_endpoint_and_its_formats(program, settings):
    settings.BASE_URL = "https://town.example"
    found = json.loads(program.get("discovery.json").content)
    assert found.keys() == {"changeset", "contact", "key_service", "endpoints"}
    assert parse_datetime(found["changeset"]).tzinfo
    (endpoint,) = found["endpoints"]
    assert endpoint == {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": "https://town.example/open311",
        "changeset": found["changeset"],
        "type": "test",
        "formats": ["text/xml", "application/json"],
    }
    root = xml(program.get("discovery.xml"))
    assert root.tag == "discovery"
    assert [it.text for it in root.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]
    assert root.findtext("endpoints/endpoint/type") == "test"
    settings.PRODUCTION = True
    assert json.loads(program.get("discovery.json").content)["endpoints"][0]["type"] == "production"


# Services -------------------------------------------------------------------------------------------------


def question(of: Category, name: str, **values) -> CategoryQuestion:
    return CategoryQuestion.objects.create(**{"category": of, "name": name, "label": name.upper()} | values)


def test_services_are_the_offered_categories(program, lamp):
    factories.category(code="private", is_public=False, position=2)
    factories.category(code="old", is_offered=False)
    question(factories.category(code="001", name="井盖", position=1), "depth", is_asked=True)
    assert json.loads(program.get("services.json").content) == [
        {
            "service_code": code,
            "service_name": name,
            "description": description,
            "metadata": metadata,
            "type": "realtime",
            "keywords": keywords,
            "group": group,
        }
        for code, name, description, metadata, keywords, group in (
            ("lamp", "路灯", "不亮的灯", False, "路灯,照明,灯", "公共设施"),
            ("001", "井盖", "", True, "", ""),  # a text, though it looks like a number
            ("private", "路灯", "", False, "", ""),
        )
    ]
    root = xml(program.get("services.xml"))
    assert (root.tag, {child.tag for child in root}) == ("services", {"service"})
    assert root.findtext("service/metadata") == "false"
    assert [it.text for it in root.findall("service/service_code")] == ["lamp", "001", "private"]


def test_definition_says_what_a_service_asks(program, lamp):
    question(lamp, "since", datatype="datetime", hint="YYYY-MM-DD", position=2)
    question(lamp, "kind", datatype="singlevaluelist", options="a=坏了\nb", is_required=True, position=1)
    question(lamp, "gone", is_asked=False)
    found = json.loads(program.get("services/lamp.json").content)
    kind = {
        "variable": True,
        "code": "kind",
        "datatype": "singlevaluelist",
        "required": True,
        "datatype_description": "",
        "order": 1,
        "description": "KIND",
        "values": [{"key": "a", "name": "坏了"}, {"key": "b", "name": "b"}],
    }
    since = kind | {"code": "since", "datatype": "datetime", "required": False, "order": 2}
    since |= {"datatype_description": "YYYY-MM-DD", "description": "SINCE"}
    del since["values"]
    assert found == {"service_code": "lamp", "attributes": [kind, since]}
    root = xml(program.get("services/lamp.xml"))
    assert root.tag == "service_definition"
    assert [it.text for it in root.findall("attributes/attribute/order")] == ["1", "2"]
    assert root.findtext("attributes/attribute/required") == "true"
    assert [it.text for it in root.findall("attributes/attribute/values/value/name")] == ["坏了", "b"]


@pytest.mark.parametrize("code", ["nothing", "old"])
def test_definition_of_no_service_is_404(program, code):
    factories.category(code="old", is_offered=False)
    for kind in ("xml", "json"):
        assert code in faults(program.get(f"services/{code}.{kind}"))[0]
    assert program.get(f"services/{code}.json").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_services_cost_the_same_however_many(program, lamp, rows, django_assert_num_queries):
    for n in range(rows):
        question(factories.category(), f"q{n}")
    program.get("services.json")
    with django_assert_num_queries(SERVICES):
        assert len(json.loads(program.get("services.json").content)) == rows + 1


# Requests -------------------------------------------------------------------------------------------------


def test_request_shows_how_it_goes_and_nothing_about_who_asked(program, add, places):
    team = factories.team(places.east_1, factories.strand(), name="东一格暖心队")
    it = add(
        code="K7Q3MN84TD", words="三号楼前的路灯不亮 13900000009", address="三号楼二单元",
        state=State.ASSIGNED, team=team, lat=Decimal("40.657111"), long=Decimal("109.840111"),
        contact_email="jia@example.org",
    )  # fmt: skip
    (shown,) = json.loads(program.get("requests.json", extensions="true").content)
    assert list(shown) == [*PUBLISHED, "extended_attributes", "notes"]
    assert shown == {
        "service_request_id": public_id(it),
        "status": "open",
        "status_notes": "assigned",
        "service_name": "路灯",
        "service_code": "lamp",
        "description": None,
        "agency_responsible": "东一格暖心队",
        "service_notice": None,
        "requested_datetime": timezone.localtime(it.received_at).isoformat(timespec="seconds"),
        "updated_datetime": timezone.localtime(it.received_at).isoformat(timespec="seconds"),
        "expected_datetime": timezone.localtime(it.due_at).isoformat(timespec="seconds"),
        "address": "测试east_1",
        "address_id": places.east_1.code,
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
        "extended_attributes": {"state": "assigned", "group": "公共设施"},
        "notes": [],
    }
    root = xml(program.get("requests.xml"))
    assert root.tag == "service_requests"
    assert [part.tag for part in root.find("request")] == PUBLISHED
    assert root.find("request/description").text is None
    for kind in ("requests.xml", "requests.json", f"requests/{public_id(it)}.json"):
        said = program.get(kind, extensions="true").content.decode()
        for secret in (
            "K7Q3MN84TD",
            "路灯不亮",
            "1390000000",
            "甲某某",
            "example.org",
            "二单元",
            "40.6571",
            "109.8401",
        ):
            assert secret not in said


def boundary(of, west, south, size=1000):
    """A square, in millionths of a degree."""
    shape = [[[[x / 1e6, y / 1e6] for x, y in [
        (west, south), (west + size, south), (west + size, south + size), (west, south + size), (west, south),
    ]]]]  # fmt: skip
    box = {"west": west, "south": south, "east": west + size, "north": south + size}
    return Boundary.objects.create(
        area=of, geometry=json.dumps(shape), came_in="wgs84", source="测试",
        **{name: Decimal(value).scaleb(-6) for name, value in box.items()},
    )  # fmt: skip


def test_place_is_told_no_closer_than_the_grid(program, add, places):
    boundary(places.east_1, 109840000, 40657000)
    add(lat=Decimal("40.657111"), long=Decimal("109.840111"))
    (shown,) = json.loads(program.get("requests.json").content)
    assert (shown["lat"], shown["long"]) == (40.6575, 109.8405)
    assert xml(program.get("requests.xml")).findtext("request/lat") == "40.657500"


def test_private_categories_and_other_towns_never_appear(program, add, places):
    private = factories.category(code="aid", is_public=False)
    hidden = [add(of=private), add(area=places.far_1)]
    shown = add()
    assert ids(program.get("requests.json")) == [public_id(shown)]
    assert ids(program.get("requests.json", service_code="aid")) == []
    asked = ",".join(map(public_id, [*hidden, shown]))
    assert ids(program.get("requests.json", service_request_id=asked)) == [public_id(shown)]
    for it in hidden:
        assert program.get(f"requests/{public_id(it)}.xml").status_code == 404


def test_one_request_is_a_list_of_one(program, add):
    it = add(200)  # whenever it came in
    add()
    assert ids(program.get(f"requests/{public_id(it)}.json")) == [public_id(it)]
    assert ids(program.get(f"requests/{public_id(it).lower()}.json")) == [public_id(it)]
    assert len(xml(program.get(f"requests/{public_id(it)}.xml"))) == 1


def test_receipt_code_and_primary_key_name_nothing_in_public(program, add):
    it = add(code="K7Q3MN84TD")
    for name in ("K7Q3MN84TD", "K7Q-3MN-84TD", str(it.pk), "nothing", public_id(Request(pk=it.pk + 1))):
        response = program.get(f"requests/{name}.json")
        assert response.status_code == 404
        assert faults(response)
    assert ids(program.get("requests.json", service_request_id=f"K7Q3MN84TD,{it.pk}")) == []


def test_ids_override_every_other_filter(program, add):
    old, closed, other = add(200), add(state=State.CLOSED, closed_at=ago(hours=1)), add()
    asked = f"{public_id(old)}, {public_id(closed)},,{public_id(old)}"
    found = ids(program.get("requests.json", service_request_id=asked, status="open", start_date="nonsense"))
    assert found == [public_id(closed), public_id(old)]
    assert public_id(other) not in found


def test_without_dates_the_last_90_days_the_latest_first(program, add):
    add(91)
    kept = [add(days) for days in (1, 30, 89)]
    assert ids(program.get("requests.json")) == list(map(public_id, kept))


def test_one_date_gives_90_days_from_there(program, add):
    moments = [add(200), add(150), add(100)]  # days ago
    found = ids(program.get("requests.json", start_date=ago(days=200, hours=1).isoformat()))
    assert found == [public_id(moments[1]), public_id(moments[0])]
    found = ids(program.get("requests.json", end_date=ago(days=99).isoformat()))
    assert found == [public_id(moments[2]), public_id(moments[1])]


def test_span_of_both_dates_is_at_most_90_days(program, add):
    it = add(150)
    start, end = it.received_at, it.received_at + timedelta(days=90)
    assert ids(program.get("requests.json", start_date=start.isoformat(), end_date=end.isoformat())) == [
        public_id(it)
    ]
    later = end + timedelta(seconds=1)
    response = program.get("requests.json", start_date=start.isoformat(), end_date=later.isoformat())
    assert response.status_code == 400
    assert "90 days" in faults(response)[0]
    of_days = {"start_date": "2026-01-01", "end_date": "2026-04-01"}
    assert program.get("requests.json", **of_days).status_code == 200
    assert program.get("requests.json", **of_days | {"end_date": "2026-04-02"}).status_code == 400
    backwards = program.get("requests.json", start_date=end.isoformat(), end_date=start.isoformat())
    assert backwards.status_code == 400


@pytest.mark.parametrize(
    "written",
    [
        "2023-05-10T10:00:00+08:00",
        "2023-05-10T10:00:00 08:00",  # a plus that was not escaped
        "2023-05-10T02:00:00Z",
        "2023-05-10T10:00:00",  # of the town's zone
        "2023-05-10 10:00",
        "2023-05-10T02:00:00.000Z",
    ],
)
def test_dates_of_iso_8601_are_read(program, add, written):
    it = add(received_at=datetime(2023, 5, 10, 2, tzinfo=UTC))
    assert ids(program.get("requests.json", start_date=written)) == [public_id(it)]
    assert ids(program.get("requests.json", end_date=written)) == [public_id(it)]


def test_bare_day_counts_whole(program, add):
    it = add(received_at=datetime(2023, 5, 10, 15, 59, 59, tzinfo=UTC))  # a second before midnight there
    day = {"start_date": "2023-05-10", "end_date": "2023-05-10"}
    assert ids(program.get("requests.json", **day)) == [public_id(it)]


@pytest.mark.parametrize(
    "value", ["yesterday", "2023-13-01", "0001-01-01", "9999-12-31T23:59:59-12:00", "20230510", "1"]
)
@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_date_that_is_none_is_400(program, name, value):
    if value == "20230510":
        assert program.get("requests.json", **{name: value}).status_code == 200  # the basic form of ISO 8601
        return
    response = program.get("requests.json", **{name: value})
    assert (response.status_code, name in faults(response)[0]) == (400, True)


def test_status_and_service_narrow_it(program, add):
    road = factories.category(code="road", name="道路")
    closed, lamp_, road_ = add(1, state=State.CLOSED, closed_at=ago(hours=1)), add(2), add(3, of=road)
    assert ids(program.get("requests.json", status="open")) == [public_id(lamp_), public_id(road_)]
    assert ids(program.get("requests.json", status="closed")) == [public_id(closed)]
    assert len(ids(program.get("requests.json", status="open,closed"))) == 3
    assert len(ids(program.get("requests.json", status=""))) == 3  # empty is absent
    assert ids(program.get("requests.json", service_code="road")) == [public_id(road_)]
    assert len(ids(program.get("requests.json", service_code="road,lamp"))) == 3
    assert faults(program.get("requests.json", status="done"))
    unknown = program.get("requests.json", service_code="road,nothing")
    assert (unknown.status_code, "nothing" in faults(unknown)[0]) == (404, True)


def test_closed_is_updated_when_it_was_closed(program, add, places):
    closed_at = ago(hours=5)
    add(state=State.CLOSED, closed_at=closed_at)
    (shown,) = json.loads(program.get("requests.json").content)
    assert shown["status"] == "closed"
    assert shown["updated_datetime"] == timezone.localtime(closed_at).isoformat(timespec="seconds")


def test_notes_tell_what_the_town_did_and_no_words_of_anybody(program, add, places, staff):
    it = add()
    team = factories.team(places.east, factories.strand(), name="东队")
    by = staff.coordinator
    actions.accept(it, by=by, seen=1)
    actions.assign(it, to=team, by=by, seen=2, note="住户电话 13900000001")
    actions.report(it, by=by, seen=3, note="换了灯泡")
    actions.show_contact(it, by=by)
    (shown,) = json.loads(program.get(f"requests/{public_id(it)}.json", extensions="true").content)
    assert [(note["type"], note["description"]) for note in shown["notes"]] == [
        ("accept", "has taken it on"),
        ("assign", "gave it to 东队"),
        ("report", "reported it done"),
    ]
    assert shown["updated_datetime"] == shown["notes"][-1]["datetime"]
    assert by.name not in json.dumps(shown, ensure_ascii=False)
    notes = xml(program.get(f"requests/{public_id(it)}.xml", extensions="true")).findall("request/notes/note")
    assert len(notes) == 3
    assert "notes" not in json.loads(program.get("requests.json").content)[0]


def test_notes_tell_nothing_that_the_resident_said(program, add, places, staff):
    it = add(state=State.DONE, post=staff.coordinator.tenures.first().post)
    actions.rate(it, satisfied=False, by=Resident(), seen=1, note="等了很久")
    actions.confirm(it, by=Resident(), seen=2)
    actions.answer(it, solved=True, by=staff.coordinator, seen=3)
    (shown,) = json.loads(program.get(f"requests/{public_id(it)}.json", extensions="true").content)
    assert shown["notes"] == []


def test_pages_go_through_all_of_it_once(program, add):
    made = [public_id(add(n / 10)) for n in range(7)]
    pages = [ids(program.get("requests.json", page=n, page_size=3)) for n in (1, 2, 3, 4)]
    assert pages == [made[:3], made[3:6], made[6:], []]
    assert ids(program.get("requests.json", page_size=2)) == made[:2]
    assert ids(program.get("requests.json", page=1)) == made


@pytest.mark.parametrize(
    "query", [{"page": "0"}, {"page": "x"}, {"page": "9" * 30}, {"page_size": "1001"}, {"page_size": "-1"}]
)
def test_page_that_is_none_is_400(program, query):
    response = program.get("requests.json", **query)
    assert (response.status_code, len(faults(response))) == (400, 1)


def test_never_more_than_1000_rows(program, places, lamp):
    Request.objects.bulk_create(
        [
            Request(
                area=places.east_1, category=lamp, words="灯", received_at=ago(hours=n), due_at=ago(days=0)
            )
            for n in range(1003)
        ]
    )
    assert len(ids(program.get("requests.json"))) == 1000
    asked = ",".join(public_id(it) for it in Request.objects.all())
    assert faults(program.browser.get("/open311/requests.json", {"service_request_id": asked}))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("query", [{}, {"extensions": "true"}, {"status": "open", "service_code": "lamp"}])
def test_list_costs_the_same_however_many(program, add, places, rows, query, django_assert_num_queries):
    for n in range(rows):
        add(n, team=factories.team(places.east_1, factories.strand()), state=State.ASSIGNED)
    program.get("requests.json", **query)
    with django_assert_num_queries(LIST + ("service_code" in query)):
        assert len(ids(program.get("requests.json", **query))) == rows


SERVICES, LIST = 3, 5
