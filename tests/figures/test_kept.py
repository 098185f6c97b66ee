"""Figures that everybody reads are kept for a minute; those of staff are of the moment."""

import pytest
from django.conf import settings
from django.core.cache import cache

from shiliu.figures import kept, views
from shiliu.figures.seedmap import asking
from tests import factories

PAGES = [("/report/2023H1/", views, "compute"), ("/map/?period=2023H1", asking, "compute")]


@pytest.fixture(autouse=True)
def _minute(settings) -> None:
    settings.FIGURES_SECONDS = 60


@pytest.fixture
def lamp(places):
    cache.clear()
    return factories.category()


@pytest.mark.parametrize(("path", "module", "name"), PAGES)
def test_public_page_is_computed_once_a_minute(client, places, lamp, staff, monkeypatch, path, module, name):
    computed, compute = [], getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args, **how: computed.append(args) or compute(*args, **how))
    assert [client.get(path).status_code for _n in range(2)] == [200, 200]
    assert len(computed) == 1
    client.get(f"{path}{'&' if '?' in path else '?'}area={places.east.code}")
    assert len(computed) == 2
    now = kept.time.monotonic()
    monkeypatch.setattr(kept.time, "monotonic", lambda: now + settings.FIGURES_SECONDS)
    client.get(path)
    assert len(computed) == 3
    client.force_login(staff.editor)
    client.get(path)
    client.get(path)
    assert len(computed) == 5


def test_staff_see_what_came_in_just_now(client, places, lamp, staff):
    def shown() -> str:
        return client.get("/report/2023H1/").context["report"].lines["requests.received"].value.value

    assert shown() == 0
    factories.request(places.east_1, lamp)
    assert shown() == 0
    client.force_login(staff.editor)
    assert shown() == 1


@pytest.mark.parametrize(
    "path", ["/report/2023-01-{:02}..2023-06-30/", "/map/?period=2023-01-{:02}..2023-06-30"]
)
def test_odd_ranges_of_one_address_have_a_limit(client, places, staff, lamp, monkeypatch, path):
    monkeypatch.setattr(kept, "ANEW", 2)
    statuses = [client.get(path.format(day)).status_code for day in (2, 3, 4, 2)]
    assert statuses == [200, 200, 429, 200]
    client.force_login(staff.editor)
    assert client.get(path.format(5)).status_code == 200


def test_no_more_is_kept_than_so_many(client, places, lamp, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    for day in (1, 2, 3):
        client.get(f"/report/2023-01-{day:02}..2023-06-30/")
    assert len(kept._kept) == 1
