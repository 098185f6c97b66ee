"""Whatever comes to an API's address, the answer has its shape: never a page, never a 500."""

import json
from typing import Any

import pytest
from django.test import Client as Browser
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shiliu.api.open311 import showing, writing
from shiliu.requests.models import Request
from tests.api.conftest import faults, parsed, xml

ENDPOINTS = [
    "discovery", "services", "services/lamp", "requests", "requests/945FJ3PRJRDPM", "tokens/x",
]  # fmt: skip
NOBODY = (
    "",
    "services",
    "services.yaml",
    "services.XML",
    "services.json/",
    "requests/",
    "nothing/at/all.json",
)


def at(path: str) -> str:
    return f"/open311/{path}"


@pytest.mark.parametrize("path", NOBODY)
@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "options"])
def test_unknown_address_or_format_is_404_in_shape(client, places, path, method):
    response = getattr(client, method)(at(path))
    assert response.status_code == 404
    assert faults(response)
    assert response.headers["Content-Type"].startswith(
        "application/json" if path.endswith("json") else "text/xml"
    )


@pytest.mark.once
@pytest.mark.parametrize("kind", ["xml", "json"])
@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace", "post"])
def test_wrong_method_is_405_in_shape(client, places, path, method, kind):
    if (path, method) == ("requests", "post"):
        pytest.skip("that is how one files")
    response = getattr(client, method)(at(f"{path}.{kind}"))
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert faults(response)


def test_head_is_answered_as_get(client, places):
    response = client.head(at("services.xml"))
    assert (response.status_code, response.content) == (200, b"")


def test_no_cookie_or_form_token_is_needed_and_none_is_set(program):
    strict = Browser(enforce_csrf_checks=True)
    form = {"api_key": program.key, "service_code": "lamp", "address_string": "1"}
    response = strict.post(at("requests.json"), form)
    assert (response.status_code, response.cookies) == (200, {})


@pytest.mark.parametrize("kind", ["xml", "json"])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"api_key=x", "application/x-www-form-urlencoded; charset=gb2312"),
        (b"api_key=x", "application/x-www-form-urlencoded; charset=nothing"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"nothing", "multipart/form-data"),
        (b"&".join(b"a%d=1" % n for n in range(2000)), "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 6_000_000, "application/x-www-form-urlencoded"),
        (b'{"api_key": "x"}', "application/json"),
        (b"\xff\xfe\x00", "text/plain"),
    ],
)
def test_body_that_cannot_be_read_is_an_error_in_shape(program, body, content_type, kind):
    response = program.browser.generic("POST", at(f"requests.{kind}"), body, content_type)
    assert response.status_code in (400, 403)
    assert faults(response)
    assert not Request.objects.exists()


def test_words_of_another_encoding_are_not_a_fault_of_ours(program):
    body = f"api_key={program.key}&service_code=lamp&address_string=1&description=%FF%C4%E3".encode()
    response = program.browser.generic("POST", at("requests.json"), body, "application/x-www-form-urlencoded")
    assert response.status_code == 200


@pytest.mark.parametrize("path", [at("requests.xml"), at("requests.json"), "/api/v1/requests"])
def test_what_a_middleware_refuses_has_the_shape_too(client, places, path):
    large = client.post(path, headers={"accept-language": "en"}, CONTENT_LENGTH=60_000_001)
    other_host = client.get(path, headers={"host": "elsewhere.example"})
    nul = client.get(f"{path}%00.json")
    assert [response.status_code for response in (large, other_host, nul)] == [413, 400, 404]
    for response in (large, other_host, nul):
        if path.startswith("/api/"):
            assert response.headers["Content-Type"] == "application/problem+json"
            assert json.loads(response.content)["status"] == response.status_code
        else:
            faults(response)


@pytest.mark.parametrize("kind", ["xml", "json"])
def test_what_breaks_is_said_in_shape_and_without_a_word_of_why(client, places, kind, monkeypatch, caplog):
    def broken(*args: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(showing, "services", broken)
    response = client.get(at(f"services.{kind}"))
    assert response.status_code == 500
    assert "secret" not in " ".join(faults(response))
    assert "secret" in caplog.text


def test_before_there_is_a_town_there_is_nothing(client):
    response = client.get(at("services.json"))
    assert (response.status_code, len(faults(response))) == (503, 1)


# XML ------------------------------------------------------------------------------------------------------


def test_what_xml_cannot_hold_is_left_out(program, lamp):
    lamp.name = "路\x00\x0b\ufffe灯<&>]]>\ud800"
    root = parsed(writing.as_xml("services", [{"service_name": lamp.name}]))
    assert root.findtext("service/service_name") == "路灯<&>]]>"
    assert json.loads(writing.as_json([lamp.name]))[0].startswith("路")


@given(st.text())
def test_any_text_is_well_formed_xml_and_json(text):
    root = parsed(writing.as_xml("errors", [{"description": text}]))
    kept = writing.ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    assert (root.findtext("error/description") or "") == kept
    json.loads(writing.as_json({"description": text}))


# Any arguments --------------------------------------------------------------------------------------------

NAMES = [
    "service_request_id", "service_code", "start_date", "end_date", "status", "page", "page_size",
    "extensions", "jurisdiction_id",
]  # fmt: skip
FORM = [
    "service_code", "lat", "long", "address_string", "address_id", "description", "email", "phone",
    "first_name", "last_name", "media_url", "device_id", "account_id", "attribute[pole]", "attribute[]",
    "attribute[a][]", "jurisdiction_id", "attribute[pole][]", "keep_numbers",
]  # fmt: skip
VALUES = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.sampled_from(
        ["lamp", "open", "true", "40.65", "109.84", "2023-05-10", "1", "-1", "9" * 40, "NaN", "\0", "1e9"]
    ),
)
ALLOWED = {400, 404}
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(st.dictionaries(st.sampled_from(NAMES), VALUES), st.sampled_from(["xml", "json"]))
@example({"start_date": "9999-12-31"}, "xml")
@example({"page": "10000", "page_size": "1000"}, "json")
@example({"service_request_id": "Z" * 13}, "json")
def test_any_question_is_answered_or_refused_in_shape(program, query, kind):
    response = program.get(f"requests.{kind}", **query)
    if response.status_code in ALLOWED:
        faults(response)
    else:
        assert response.status_code == 200
        xml(response) if kind == "xml" else json.loads(response.content)


@QUICK
@given(st.dictionaries(st.sampled_from(FORM), VALUES), st.sampled_from(["xml", "json"]))
@example({"service_code": "lamp", "lat": "1e9", "long": "0"}, "xml")
@example({"service_code": "lamp", "address_id": "\0", "address_string": "\0"}, "xml")
def test_any_report_is_kept_or_refused_in_shape(program, form, kind):
    program.client.__class__.objects.update(per_minute=6000)
    count = Request.objects.count()
    response = program.post(f"requests.{kind}", **{"service_code": None, "address_string": None} | form)
    if response.status_code in ALLOWED:
        faults(response)
        assert Request.objects.count() == count
    else:
        assert response.status_code == 200
        assert Request.objects.count() == count + 1


@given(st.text(st.characters(codec="utf-8", exclude_characters="/?#%\0"), min_size=1, max_size=30))
@QUICK
def test_any_id_or_token_or_code_is_404_in_shape(program, text):
    for path in (f"requests/{text}.json", f"tokens/{text}.xml", f"services/{text}.json"):
        response = program.browser.get(at(path))
        assert response.status_code == 404
        faults(response)
