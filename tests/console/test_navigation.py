"""The console's navigation shows what a person may do, and what waits there."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser

from shiliu.console import navigation
from shiliu.console.navigation import Entry, links
from shiliu.core.models import User


def shown(client, who: User) -> list[str]:
    client.force_login(who)
    page = client.get("/console/").content.decode()
    side = re.search(r'<header class="side">.*?</header>', page, re.S)[0]
    return re.findall(r'<a href="([^"]+)"', re.search(r"<nav.*?</nav>", side, re.S)[0])


READS = "/console/channel/reads/"


def test_navigation_shows_only_what_a_person_may_do(client, staff):
    first = ["/console/", "/console/inbox/"]
    nobody = first
    assert shown(client, staff.nobody) == nobody
    people = ["/console/people/", "/console/posts/", "/report/", "/report/requests/"]
    people += ["/charts/", "/console/matrix/", "/map/"]
    desk = [*first, "/console/requests/", "/console/requests/call-backs/", "/console/requests/new/"]
    groups = ["/console/groups/", "/console/deliveries/"]
    desk += ["/console/routing/", "/console/requests/orders/"]
    assert shown(client, staff.coordinator) == [*desk, *people, *groups, READS, "/field/"]
    assert shown(client, staff.editor) == [*nobody, *people, *groups, "/admin/", READS]


@pytest.mark.parametrize(("who", "may"), [("coordinator", True), ("leader", True), ("nobody", False)])
def test_search_at_the_side_leads_into_the_requests_that_one_may_see(client, staff, who, may):
    client.force_login(getattr(staff, who))
    page = client.get("/console/").content.decode()
    found = re.findall(r'<form class="side-search" role="search" action="([^"]+)"', page)
    assert found == (["/console/requests/"] if may else [])
    assert ('data-key="/"' in page) == may
    assert client.get("/console/requests/", {"q": "漏水"}).status_code == (200 if may else 403)


def test_what_waits_is_counted_only_for_who_may_see_it(rf, staff):
    asked: list[User] = []

    def waiting(user: User) -> int:
        asked.append(user)
        return 3

    entries = [Entry("Inbox", "home", right="requests.assign", count=waiting)]
    request = rf.get("/console/")
    request.resolver_match = None
    for user in (staff.coordinator, staff.nobody, AnonymousUser()):
        request.user = user
        found = [(link.url, link.waiting) for link in links(entries, request)]
        assert found == ([("/", 3)] if user == staff.coordinator else [])
    assert asked == [staff.coordinator]


def test_letters_after_g_are_different():
    keys = [entry.key for entry in navigation.ENTRIES if entry.key]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", ["htmx-config", "csrf"])
def test_htmx_evaluates_nothing_and_sends_the_token(client, staff, name):
    client.force_login(staff.coordinator)
    page = client.get("/console/").content.decode()
    expected = {
        "htmx-config": '"allowEval": false, "includeIndicatorStyles": false',
        "csrf": r"hx-headers='{\"X-CSRFToken\": \"",
    }
    assert expected[name].replace("\\", "") in page
