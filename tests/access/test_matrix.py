"""Every address of the resolver against who may use it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve
from django.urls.resolvers import RegexPattern, RoutePattern
from django.utils.regex_helper import normalize
from wagtail.documents.models import Document

from shiliu.core.models import User
from shiliu.requests.models import Category, Request
from tests import factories
from tests.access.matrix import LOGIN, MATRIX, NOTE, OPEN, PHOTO, RECEIPT, WAGTAILS, Address
from tests.factories import DAY
from tests.strategies import taken_back


@dataclass(frozen=True)
class Route:
    """Where an address is written down: one pattern per `include`."""

    parts: tuple[RoutePattern | RegexPattern, ...]

    def __str__(self) -> str:
        return "".join(map(str, self.parts))


def routes(patterns: list[Any] | None = None, before: tuple[Any, ...] = ()) -> Iterator[Route]:
    """Every route of the site."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        parts = (*before, each.pattern)
        if isinstance(each, URLPattern):
            yield Route(parts)
        else:
            yield from routes(each.url_patterns, parts)


def is_wagtails(route: Route) -> bool:
    return str(route).startswith(WAGTAILS) and str(route) not in {address.route for address in MATRIX}


@pytest.fixture
def site(places, staff, settings, tmp_path):
    factories.half_year(places.east_1)
    factories.photo(factories.request(places.east_1, Category.objects.get(), code=RECEIPT), code=PHOTO)
    factories.photo(factories.request(places.east_1, Category.objects.get(), code="R-OPEN"), code="PHOTO")
    factories.recording(Request.objects.get(code=RECEIPT), code=NOTE)
    factories.recording(Request.objects.get(code="R-OPEN"), code="SOUND")
    factories.in_hand(places.east_1)
    factories.call_back(Request.objects.get(code="R-OPEN"), code="C-ASK")
    factories.ended_order(places.east_1, Category.objects.first())
    factories.venue(places.east_1, code="V-1")
    factories.resource(places.east_1, code="K-1", kind="live", starts_at=factories.moment())
    factories.guide(places.east_1, code="G-1")
    factories.post("grid_worker", places.east_2, title="空缺east")
    factories.api_client(places.town, code="C-1")
    column = factories.column(places.east)
    live = factories.article(column, "live")
    told = factories.group(places.east_1, code="G-1", link="grp2345", name="东一群")
    factories.delivery(live, told, code="D-1")
    factories.article(column, "draft", live=False)
    settings.MEDIA_ROOT = tmp_path
    Document.objects.create(pk=1, title="draft", file=ContentFile(b"draft", name="draft.txt"))
    factories.official(places.east)
    factories.signed_report(places.town, staff.leader, code="S-1")
    factories.signing(places.town, staff.leader, code="S-2")
    return staff


@pytest.fixture
def people(site, places) -> dict[str, User | None]:
    far_editor = factories.person("far_editor")
    factories.tenure(far_editor, "editor", places.other_town)
    far_leader = factories.person("far_leader")
    factories.tenure(far_leader, "leader", places.other_town)
    other_leader = factories.person("other_leader")
    held = factories.tenure(other_leader, "team_leader", places.town)
    factories.team(places.town, factories.strand(), leader_post=held.post)
    far_administrator = factories.person("far_administrator")
    factories.tenure(far_administrator, "administrator", places.other_town)
    fitter = factories.person("fitter")
    factories.asked_to_join(Request.objects.get(code=factories.IN_HAND), fitter)
    more = {
        "fitter": fitter,
        "far_editor": far_editor,
        "far_leader": far_leader,
        "other_leader": other_leader,
        "far_administrator": far_administrator,
    }
    return vars(site) | more


def visit(client, address: Address, who: User | None):
    headers: dict[str, str] = {}
    if who:
        client.force_login(who)  # also where it counts for nothing
    if who and address.by_token:
        headers["authorization"] = f"Bearer {factories.token(who)}"
    sends = address.by_token and address.method == "post"
    body = {"data": "{}", "content_type": "application/json"} if sends else {}
    response = getattr(client, address.method)(address.path, headers=headers, **body)
    if response.streaming:
        list(response)  # a file is closed when it was read
    return response


def test_every_address_is_in_the_matrix_and_none_that_is_no_more():
    assert {str(route) for route in routes() if not is_wagtails(route)} == {it.route for it in MATRIX}


@pytest.mark.once  # rights come from posts; what reads them is asked of both databases elsewhere
def test_matrix(people, subtests):
    """Everybody is made once: each address finds them as the one before did."""
    for address in MATRIX:
        with taken_back(), subtests.test(f"{address.method} {address.path}"):
            check(Client(), people, address)


def check(client: Client, people: dict[str, User | None], address: Address) -> None:
    columns = [None, people[address.stranger], people["nobody"], people[address.holder]]
    responses = []
    for who in columns:
        client.logout()
        responses.append(visit(client, address, who))

    assert tuple(response.status_code for response in responses) == address.statuses
    if address.statuses[0] == 302 and address.statuses[3] == 200:
        sign_in = f"{LOGIN}?next={address.path}"
        assert responses[0].headers["Location"] == (address.leads_to or sign_in)
    if address.sees:
        shown = [address.sees in response.content.decode() for response in responses]
        assert shown == [False, False, False, True]


def test_superuser_sees_no_case(client, people):
    """Content and reference data in Wagtail's admin: yes. What only a post opens: no."""
    client.force_login(factories.person("root", is_superuser=True))
    for address in MATRIX:
        if address.sees:
            assert address.sees not in client.get(address.path).content.decode()


def test_inactive_account_is_nobody(client, people):
    client.force_login(people["editor"])
    User.objects.filter(username="editor").update(is_active=False)
    for path in ("/console/", "/admin/"):
        assert client.get(path).headers["Location"] == f"{LOGIN}?next={path}"


def test_post_that_ended_opens_nothing_at_once(client, people):
    """Also where Wagtail's group is still there, from when it had not ended."""
    editor = people["editor"]
    client.force_login(editor)
    assert client.get("/admin/").status_code == 200
    editor.tenures.update(valid_to=DAY)
    assert editor.groups.exists()
    assert client.get("/admin/").status_code == 403


# Wagtail's own addresses ----------------------------------------------------------------------------------

SAMPLES = {"int": "1", "uuid": "00000000-0000-0000-0000-000000000001"}


def filled_in(route: Route) -> str:
    """An address on a route, with something in the place of each parameter that it takes."""
    path = "/" + "".join(_filled_in(part) for part in route.parts)
    resolve(path)
    return path


def _filled_in(part: RoutePattern | RegexPattern) -> str:
    if isinstance(part, RoutePattern):
        return re.sub(r"<(?:(\w+):)?\w+>", lambda it: SAMPLES.get(it[1], "a"), str(part))
    for template, parameters in normalize(part._regex):
        for sample in ("1", "a", "channel", "a/"):
            path = template % dict.fromkeys(parameters, sample)
            if part.regex.search(path):
                return path
    raise AssertionError(f"no sample fits {part}")


WAGTAIL = [route for route in routes() if is_wagtails(route)]


def test_wagtails_addresses_are_found():
    assert len(WAGTAIL) > 150


@pytest.mark.once
@pytest.mark.parametrize("method", ["get", "post"])
def test_wagtails_addresses_are_closed_without_a_session(client, people, method):
    for path in {filled_in(route) for route in WAGTAIL} - OPEN:
        response = getattr(client, method)(path)
        if response.status_code == 302:
            assert response.headers["Location"].startswith((LOGIN, "/admin/login/")), path
        else:
            assert response.status_code in (403, 404, 405), path


@pytest.mark.once
def test_wagtails_addresses_are_closed_without_a_post_that_opens_the_admin(client, people):
    client.force_login(people["town_coordinator"])
    paths = [filled_in(route) for route in WAGTAIL if str(route).startswith("admin/")]
    statuses = {path: client.get(path).status_code for path in paths}
    assert {path: status for path, status in statuses.items() if status != 403} == {}
