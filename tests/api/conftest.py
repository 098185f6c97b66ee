"""Programs that ask: a client of Open311 with its key, and staff with their tokens."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client as Browser

from shiliu.api import actions
from shiliu.api.models import Client
from shiliu.core.access import System
from shiliu.core.models import User
from shiliu.requests.models import Category
from tests import factories
from tests.factories import Places

BY = System("test")
MAIL = "ops@example.org"


@pytest.fixture(autouse=True)
def _no_counts(db: None) -> None:
    cache.clear()


@pytest.fixture
def lamp(db: None) -> Category:
    return factories.category(
        code="lamp", keywords="路灯、照明, 灯", group="公共设施", description="不亮的灯"
    )


@dataclass
class Program:
    """Somebody's program: it reads, and files with its key."""

    browser: Browser
    client: Client
    key: str

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.browser.get(f"/open311/{path}", query, headers={"accept-language": "en"})

    def post(self, path: str = "requests.json", headers: Any = None, **form: Any) -> HttpResponse:
        given = {"api_key": self.key, "service_code": "lamp", "address_string": "三号楼"} | form
        sent = {name: value for name, value in given.items() if value is not None}
        return self.browser.post(
            f"/open311/{path}", sent, headers={"accept-language": "en"} | (headers or {})
        )


@pytest.fixture
def program(client: Browser, places: Places, lamp: Category) -> Program:
    made, key = actions.add_client(name="甲程序", contact_email=MAIL, area=places.town, by=BY, per_minute=100)
    return Program(client, made, key)


@pytest.fixture
def asking(client: Browser) -> Callable[..., HttpResponse]:
    """asking(user or token, method, path, body): an answer of the staff API."""

    tokens: dict[str, str] = {}

    def token_of(user: User) -> str:
        if user.username not in tokens:
            tokens[user.username] = factories.token(user)
        return tokens[user.username]

    def ask(who: User | str | None, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        known = {"accept-language": "en"} | {name.replace("_", "-"): value for name, value in headers.items()}
        if who is not None:
            known["authorization"] = f"Bearer {token_of(who) if isinstance(who, User) else who}"
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(client, method)(f"/api/v1/{path}", headers=known, **sent)

    return ask


def xml(response: HttpResponse) -> ElementTree.Element:
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    return parsed(response.content)


def parsed(document: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(document.decode())  # noqa: S314  it is our own


def faults(response: HttpResponse) -> list[str]:
    """The descriptions of the errors, in either format; nothing else may be in such an answer."""
    if response.headers["Content-Type"].startswith("text/xml"):
        root = xml(response)
        assert root.tag == "errors"
        assert {child.tag for child in root} <= {"error"}
        found = [{part.tag: part.text for part in error} for error in root]
    else:
        assert response.headers["Content-Type"] == "application/json; charset=utf-8"
        found = json.loads(response.content)
        assert isinstance(found, list)
    assert found
    assert all(error.keys() == {"code", "description"} for error in found)
    assert {error["code"] for error in found} == {str(response.status_code)}
    assert all(error["description"] for error in found)
    return [error["description"] for error in found]
