"""Open311 GeoReport v2, filing: keys and limits, location, what a service asks, and what is kept of it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from shiliu.api import actions
from shiliu.core import receipts
from shiliu.core.models import AuditEntry, LimitCount
from shiliu.requests.models import CategoryQuestion, Request
from shiliu.requests.public_ids import find, public_id
from tests import factories
from tests.api.conftest import BY, MAIL, Program, faults, xml
from tests.api.test_open311_reading import boundary, question


def filed(response) -> Request:
    """The request that an answer names."""
    assert response.status_code == 200, response.content.decode()
    (answer,) = json.loads(response.content)
    return Request.objects.get(pk=find(answer["service_request_id"]))


def refused(response, *words: str, status: int = 400) -> None:
    """The answer has this status and says each of the words; nothing was stored."""
    said = " ".join(faults(response))
    assert response.status_code == status
    assert [word for word in words if word not in said] == []
    assert not Request.objects.exists()


# Filing ---------------------------------------------------------------------------------------------------


def test_report_becomes_a_request_with_an_id_and_a_receipt(program, places, lamp, settings):
    settings.BASE_URL = "https://town.example"
    response = program.post(
        description=" 三号楼前的路灯不亮 ", address_string="三号楼", email="jia@example.org",
        phone="139 0000 0001", first_name="某某", last_name="甲", device_id="phone-1", account_id="u-1",
    )  # fmt: skip
    it = filed(response)
    assert (it.words, it.address, it.source, it.category) == ("三号楼前的路灯不亮", "三号楼", "open311", lamp)
    assert (it.area, it.state) == (places.town, "received")
    assert (it.contact_name, it.contact_phone, it.contact_email) == (
        "甲某某",
        "13900000001",
        "jia@example.org",
    )
    (answer,) = json.loads(response.content)
    assert answer == {
        "service_request_id": public_id(it),
        "service_notice": f"Receipt code {receipts.shown(it.code)}. Whoever has it can follow the request "
        f"and answer: https://town.example/r/{it.code}/",
        "account_id": "u-1",
    }
    for kept in ("jia@", "1390000", "某", "phone-1"):
        assert kept not in response.content.decode()
    entry = AuditEntry.objects.get(verb="requests.ask")
    assert (entry.actor_label, entry.data["contact_email"]) == ("resident", "•••")
    assert "phone-1" not in json.dumps(entry.data)


def test_answer_in_xml(program):
    root = xml(program.post("requests.xml", description="灯不亮"))
    assert root.tag == "service_requests"
    (request,) = root.findall("request")
    assert [part.tag for part in request] == ["service_request_id", "service_notice", "account_id"]
    assert find(request.findtext("service_request_id")) == Request.objects.get().pk


def test_private_category_can_be_filed_and_is_not_shown(program):
    factories.category(code="aid", is_public=False)
    it = filed(program.post(service_code="aid", description="家里困难"))
    assert program.get(f"requests/{public_id(it)}.json").status_code == 404


def test_without_a_description_the_service_is_what_it_is_about(program):
    assert filed(program.post()).words == "路灯"


def test_picture_of_elsewhere_is_a_line_of_the_words_and_not_fetched(program):
    url = "https://pictures.example/1.jpg"
    assert filed(program.post(description="灯", media_url=url)).words == f"灯\n\n{url}"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "x", "http://", "http://a.cn/" + "a" * 500]
)
def test_picture_without_an_address_is_refused(program, url):
    refused(program.post(media_url=url), "media_url")


def test_description_of_4000_characters_is_kept_whole_and_one_more_is_refused(program):
    refused(program.post(description="灯" * 4001), "4001", "4,000")
    assert filed(program.post(description="灯" * 4000)).words == "灯" * 4000


def test_number_in_the_description_is_asked_about(program):
    said = {"description": "灯不亮，电话 13900000001"}
    refused(program.post(**said), "phone", "keep_numbers")
    assert "13900000001" in filed(program.post(keep_numbers="true", **said)).words


@pytest.mark.parametrize("name", ["address_string", "attribute[pole]"])
def test_number_in_what_stands_beside_is_asked_about_too(program, lamp, name):
    question(lamp, "pole")
    refused(program.post(**{name: "打 13900000001"}), name, "keep_numbers")
    made = filed(program.post(**{name: "打 13900000001", "keep_numbers": "true"}))
    assert "13900000001" in f"{made.address} {made.answers}"


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"email": "nobody"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"first_name": "a" * 61}, "first_name"),
        ({"address_string": "a" * 201}, "address_string"),
        ({"service_code": ""}, "service_code is missing"),
    ],
)
def test_what_cannot_be_kept_is_refused(program, given, word):
    refused(program.post(**given), word)


def test_everything_that_is_wrong_is_said_at_once(program):
    response = program.post(email="nobody", phone="12", lat="x", address_string="", description="灯" * 5000)
    assert len(faults(response)) == 4


def test_service_that_needs_a_contact(program, lamp):
    lamp.allows_anonymous = False
    lamp.save()
    refused(program.post(first_name="甲"), "phone or email")
    assert filed(program.post(email="jia@example.org")).contact_email == "jia@example.org"


@pytest.mark.parametrize("code", ["nothing", "old"])
def test_unknown_service_is_404(program, code):
    factories.category(code="old", is_offered=False)
    refused(program.post(service_code=code), code, status=404)


# Keys and limits ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, "", "x", "slk_" + "a" * 43, "slk_\0", "灯"])
@pytest.mark.parametrize("kind", ["xml", "json"])
def test_missing_or_wrong_key_is_403(program, key, kind):
    refused(program.post(f"requests.{kind}", api_key=key), "api_key", status=403)


def test_key_in_the_address_counts_for_nothing(program):
    response = program.browser.post(
        f"/open311/requests.json?api_key={program.key}", {"service_code": "lamp", "address_string": "1"}
    )
    assert response.status_code == 403


def test_key_that_was_taken_back_is_403(program):
    actions.revoke_client(program.client, by=BY, seen=1)
    refused(program.post(), "api_key", status=403)


def test_limit_is_each_clients_own(program, places):
    program.client.per_minute = 2
    program.client.save()
    other = Program(
        program.browser,
        *actions.add_client(name="乙程序", contact_email=MAIL, area=places.town, by=BY),
    )
    assert [program.post().status_code for _n in range(3)] == [200, 200, 429]
    assert faults(program.post("requests.xml"))
    assert other.post().status_code == 200
    LimitCount.objects.all().delete()  # a minute later
    assert program.post().status_code == 200


def test_wrong_reports_count_too(program):
    program.client.per_minute = 1
    program.client.save()
    assert [program.post(service_code="x").status_code for _n in range(2)] == [404, 429]


# Sent twice -----------------------------------------------------------------------------------------------


def test_same_report_twice_is_one_request_where_the_client_says_so(program, places):
    first = filed(program.post(description="灯", headers={"idempotency-key": "a"}))
    assert filed(program.post(description="灯", headers={"idempotency-key": "a"})) == first
    changed = program.post(description="井盖", headers={"idempotency-key": "a"})
    assert (changed.status_code, len(faults(changed))) == (400, 1)
    filed(program.post(description="灯", headers={"idempotency-key": "b"}))
    filed(program.post(description="灯"))
    assert Request.objects.count() == 3


def test_key_of_one_client_is_not_anothers(program, places):
    made, key = actions.add_client(name="乙程序", contact_email=MAIL, area=places.town, by=BY)
    other = Program(program.browser, made, key)
    said = {"description": "灯", "headers": {"idempotency-key": "a"}}
    assert filed(program.post(**said)) != filed(other.post(**said))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_the_same_content_are_one_request(program):
    def send(_n: int) -> str:
        try:
            sent = {
                "api_key": program.key,
                "service_code": "lamp",
                "address_string": "1",
                "description": "灯",
            }
            answer = Browser().post("/open311/requests.json", sent, headers={"idempotency-key": "once"})
            return json.loads(answer.content)[0]["service_request_id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(4)))
    assert answers == {public_id(Request.objects.get())}


@pytest.mark.django_db(transaction=True)
def test_two_clients_at_once_both_get_theirs(program, places):
    other = Program(
        program.browser, *actions.add_client(name="乙程序", contact_email=MAIL, area=places.town, by=BY)
    )

    def send(key: str) -> str:
        try:
            sent = {"api_key": key, "service_code": "lamp", "address_string": "1"}
            return json.loads(Browser().post("/open311/requests.json", sent).content)[0]["service_request_id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, [program.key, other.key] * 4))
    assert sorted(answers) == sorted(public_id(it) for it in Request.objects.all())
    assert len(set(answers)) == 8


# Tokens ---------------------------------------------------------------------------------------------------


def test_client_that_asks_later_is_given_a_token(program):
    program.client.answers_with_token = True
    program.client.save()
    factories.category(code="aid", is_public=False)
    (answer,) = json.loads(program.post(service_code="aid").content)
    assert answer.keys() == {"token", "service_notice", "account_id"}
    it = public_id(Request.objects.get())
    expected = {"service_request_id": it, "token": answer["token"]}
    assert json.loads(program.get(f"tokens/{answer['token']}.json").content) == [expected]
    root = xml(program.get(f"tokens/{answer['token']}.xml"))
    assert {part.tag: part.text for part in root.find("request")} == expected


def test_token_that_nobody_was_given_is_404(program, lamp, places):
    it = public_id(factories.request(places.east_1, lamp))
    for token in ("x", it, f"{it}:forged", ":", "灯"):
        response = program.get(f"tokens/{token}.json")
        assert (response.status_code, len(faults(response))) == (404, 1)


# What the service asks ------------------------------------------------------------------------------------


@pytest.fixture
def asked(lamp) -> None:
    kinds = CategoryQuestion.Datatype
    question(lamp, "pole", datatype=kinds.STRING, is_required=True)
    question(lamp, "height", datatype=kinds.NUMBER)
    question(lamp, "since", datatype=kinds.DATE)
    question(lamp, "kind", datatype=kinds.ONE_OF, options="a=坏了\nb=常亮")
    question(lamp, "near", datatype=kinds.MANY_OF, options="x=学校\ny=医院")


def test_attributes_are_kept_as_answers(program, asked):
    given = {
        "attribute[pole]": "12 号",
        "attribute[height]": "3.50",
        "attribute[since]": "2023-05-09T17:00:00Z",  # the next day here
        "attribute[kind]": "b",
        "attribute[near][]": ["x", "y"],
    }
    assert filed(program.post(**given)).answers == {
        "pole": "12 号",
        "height": "3.50",
        "since": "2023-05-10",
        "kind": "b",
        "near": ["x", "y"],
    }
    one = filed(program.post(**{"attribute[pole]": "1", "attribute[near]": "y", "attribute[kind]": ""}))
    assert one.answers == {"pole": "1", "near": ["y"]}


def test_each_wrong_attribute_is_an_error_of_its_own(program, asked):
    given = {
        "attribute[height]": "tall",
        "attribute[since]": "soon",
        "attribute[kind]": "c",
        "attribute[near][]": "z",
    }
    response = program.post(**given)
    named = [sentence.split(":")[0] for sentence in faults(response)]
    assert sorted(named) == [f"attribute[{name}]" for name in ("height", "kind", "near", "pole", "since")]
    refused(response)


def test_attribute_that_is_not_asked_or_comes_twice_is_refused(program, asked):
    pole = {"attribute[pole]": "1"}
    refused(program.post(**pole | {"attribute[colour]": "red"}), "colour")
    refused(program.post(**{"attribute[pole]": ["1", "2"]}), "pole", "one value")
    refused(program.post(**pole | {"attribute[kind][]": ["a", "b"]}), "kind", "one value")


# Where ----------------------------------------------------------------------------------------------------


def test_no_location_is_refused(program):
    refused(program.post(address_string=""), "lat and long")
    refused(program.post(address_string="", lat="40.65"), "lat and long")
    refused(program.post(long="109.84"), "lat and long")


@pytest.mark.parametrize("lat", ["x", "91", "-90.1", "NaN", "Infinity", "1e400", "4" * 50, "四十"])
def test_place_that_is_none_is_refused(program, lat):
    refused(program.post(lat=lat, long="109.84"), "lat")


def test_place_finds_its_grid_and_is_kept_where_it_is_the_matter(program, places, lamp):
    boundary(places.town, 109800000, 40600000, 100000)
    boundary(places.east, 109840000, 40657000, 5000)
    boundary(places.east_1, 109840000, 40657000)
    boundary(places.far_1, 109840000, 40657000)  # another town's
    here = {"lat": "40.6575", "long": "109.8405", "address_string": None}
    it = filed(program.post(**here))
    assert (it.area, it.lat) == (places.east_1, None)
    lamp.place_matters = True
    lamp.save()
    it = filed(program.post(**here | {"lat": "40.66"}))
    assert (it.area, it.lat, it.long) == (places.east, Decimal("40.660000"), Decimal("109.840500"))
    assert filed(program.post(**here | {"lat": "40.69"})).area == places.town
    count = Request.objects.count()
    outside = program.post(**here | {"lat": "41"})
    assert (outside.status_code, Request.objects.count()) == (400, count)
    assert "测试town" in faults(outside)[0]


def test_place_without_boundaries_is_the_towns(program, places):
    assert filed(program.post(lat="40.6575", long="109.8405", address_string="")).area == places.town


def test_address_id_is_an_area_of_the_clients_town(program, places):
    it = filed(program.post(address_id=places.west_2.code, address_string=""))
    assert it.area == places.west_2
    Request.objects.all().delete()
    for code in (places.far_1.code, "990001100001009", "x"):
        refused(program.post(address_id=code), "address_id")


# Jurisdiction ---------------------------------------------------------------------------------------------


def test_jurisdiction_is_the_town_and_need_not_be_said(program, places):
    for asked, status in ((places.town.code, 200), ("", 200), ("other.example", 404)):
        for path in ("services.json", "requests.json", "discovery.json", "services/lamp.json"):
            assert program.get(path, jurisdiction_id=asked).status_code == status
        assert program.post(jurisdiction_id=asked).status_code == status
    assert "other.example" in faults(program.get("services.xml", jurisdiction_id="other.example"))[0]


def test_key_of_another_town_files_and_reads_there(client, places, lamp):
    from shiliu.api import actions
    from tests.api.conftest import BY, MAIL, Program

    made, key = actions.add_client(name="乙程序", contact_email=MAIL, area=places.other_town, by=BY)
    theirs, far = Program(client, made, key), places.other_town.code
    unsaid = theirs.post()
    assert unsaid.status_code == 400
    assert far in faults(unsaid)[0]
    it = filed(theirs.post(jurisdiction_id=far))
    assert it.area == places.other_town
    path = f"requests/{public_id(it)}.json"
    assert theirs.get(path).status_code == 404
    assert theirs.get(path, jurisdiction_id=far).status_code == 200
    assert len(json.loads(theirs.get("requests.json", jurisdiction_id=far).content)) == 1
    assert json.loads(theirs.get("requests.json").content) == []
    assert faults(theirs.post(jurisdiction_id=places.town.code))
    places.other_town.valid_to = timezone.localdate() - timedelta(days=1)
    places.other_town.save()
    assert theirs.get("requests.json", jurisdiction_id=far).status_code == 404
