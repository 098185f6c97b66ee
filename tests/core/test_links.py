"""Links across apps: a label and an address for who may see the record, nothing for anybody else."""

import pytest
from django.contrib.auth.models import AnonymousUser

from shiliu.core import links
from shiliu.core.access import System
from tests import factories


@pytest.fixture
def request_(places):
    return factories.request(places.east_1, factories.category())


def test_link_has_a_label_for_who_may_see_the_record(staff, request_):
    link = links.resolve("requests.request", request_.code, staff.coordinator)
    assert link == links.Link("requests.request", request_.code, request_.code, "")


@pytest.mark.parametrize("who", ["far_coordinator", "nobody", None])
def test_link_is_nothing_for_who_may_not(staff, request_, who):
    actor = getattr(staff, who) if who else AnonymousUser()
    assert links.resolve("requests.request", request_.code, actor) is None


@pytest.mark.parametrize("pair", [("requests.request", "GONE"), ("no.kind", "X"), ("core.user", "leader")])
def test_link_to_what_is_not_there_is_nothing(staff, pair):
    assert links.resolve(*pair, System("test")) is None


def test_many_links_cost_one_query_per_kind(places, staff, request_, django_assert_num_queries):
    venues = [factories.venue(places.east, code=f"V{n}", name=f"家园{n}") for n in range(3)]
    pairs = [("venues.venue", venue.code) for venue in venues] + [("requests.request", request_.code)]
    links.resolve_many(pairs, staff.town_coordinator)  # reads the posts

    with django_assert_num_queries(2):
        found = links.resolve_many([*pairs, ("venues.venue", "GONE")], staff.town_coordinator)

    assert [found[pair].label for pair in pairs] == ["家园0", "家园1", "家园2", request_.code]
    assert len(found) == 4


def test_nothing_asked_is_nothing_found(django_assert_num_queries):
    assert links.resolve_many([], System("test")) == {}


@pytest.mark.parametrize(
    ("live", "who", "seen"),
    [
        (True, "anonymous", True),
        (True, "nobody", True),
        (False, "anonymous", False),
        (False, "nobody", False),
        (False, "coordinator", True),
        (False, "far_coordinator", False),
        (True, "system", True),
        (False, "system", True),
    ],
)
def test_draft_is_linked_for_those_of_the_channel_only(places, staff, live, who, seen):
    article = factories.article(factories.column(places.east), "a-1", live=live)
    actors = {"anonymous": AnonymousUser(), "system": System("test")}
    link = links.resolve("channel.articlepage", article.code, actors.get(who) or getattr(staff, who))

    assert (link is not None) == seen
    if link:
        assert (link.label, link.url) == ("测试文章a-1", article.url)


def test_every_kind_is_an_installed_model_that_says_who_may_see_it():
    for name, kind in links.KINDS.items():
        assert name == kind.model._meta.label_lower
        assert list(kind.model._default_manager.none().visible_to(AnonymousUser())) == []
        assert str(kind.title)
