"""What counts as a read, for how long the same reader is the same, and that each count arrives once."""

import os
import sqlite3
import time
from datetime import date, datetime, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from shiliu.channel.counting import actions, collecting, seen, today
from shiliu.channel.models import CountedBatch, Reads
from tests import factories

pytestmark = pytest.mark.django_db

PHONE = "Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 Mobile Safari/537.36 MicroMessenger/8.0.47"
HERE = timezone.get_default_timezone()
NOON = datetime(2024, 5, 6, 12, tzinfo=HERE).timestamp()
DAY = date(2024, 5, 6)


@pytest.fixture
def article(places):
    return factories.article(factories.column(places.east), "a-1")


@pytest.fixture
def group(places):
    return factories.group(places.east_1)


def view(article, *, at=NOON, remote="10.0.0.1", agent=PHONE, link="", forwarded=""):
    return seen.View(article.pk, link, at, agent, remote, forwarded)


def stored() -> list[tuple[date, str, int | None, int]]:
    return list(Reads.objects.order_by("day", "source").values_list("day", "source", "group_id", "reads"))


def count(*views) -> list[tuple[date, str, int | None, int]]:
    seen.WAITING.extend(views)
    collecting.settle()
    return stored()


def test_view_is_a_read_of_its_day(article):
    assert count(view(article)) == [(DAY, "own", None, 1)]
    assert Reads.objects.get().area_id == article.area_id


@pytest.mark.parametrize(("minutes", "reads"), [(0, 1), (1, 1), (29.9, 1), (30, 2), (31, 2)])
def test_same_reader_counts_once_within_half_an_hour(article, minutes, reads):
    count(view(article))
    assert count(view(article, at=NOON + minutes * 60)) == [(DAY, "own", None, reads)]


def test_half_an_hour_begins_with_the_read_that_counted(article):
    views = (view(article, at=NOON + minutes * 60) for minutes in (0, 20, 31))
    for each in views:
        count(each)
    assert stored() == [(DAY, "own", None, 2)]


@pytest.mark.parametrize(
    "other", [{"remote": "10.0.0.2"}, {"agent": PHONE.replace("14", "15")}, {"remote": "2001:db8:1::1"}]
)
def test_another_address_or_browser_is_another_reader(article, other):
    assert count(view(article), view(article, **other)) == [(DAY, "own", None, 2)]


def test_customer_of_one_ipv6_network_is_one_reader(article):
    views = (view(article, remote=f"2001:db8:1:2::{n}") for n in (1, 2))
    for each in views:
        count(each)
    assert stored() == [(DAY, "own", None, 1)]


def test_reader_of_two_articles_counts_for_each(article, places):
    other = factories.article(factories.column(places.west, "other"), "a-2")
    assert count(view(article), view(other)) == [(DAY, "own", None, 1)] * 2


def test_day_ends_at_midnight_here(article):
    midnight = datetime(2024, 5, 7, tzinfo=HERE).timestamp()
    count(view(article, at=midnight - 1), view(article, at=midnight, remote="10.0.0.2"))
    assert [day for day, *_rest in stored()] == [DAY, DAY + timedelta(days=1)]


def test_groups_link_counts_for_the_group(article, group):
    count(view(article, link=group.link), view(article, remote="10.0.0.2", link="nobodys"))
    assert stored() == [(DAY, "group", group.pk, 1), (DAY, "own", None, 1)]


def test_who_comes_by_a_link_and_again_without_counts_once(article, group):
    count(view(article, link=group.link))
    assert count(view(article)) == [(DAY, "group", group.pk, 1)]


@pytest.mark.parametrize(
    "agent",
    [
        "",
        " ",
        "curl/8.5.0",
        "python-requests/2.32",
        "Mozilla/5.0 (compatible; Baiduspider/2.0)",
        "Googlebot/2.1",
    ],
)
def test_bots_do_not_read(article, agent):
    assert count(view(article, agent=agent)) == []


def test_reads_add_to_what_is_on_record(article):
    factories.reads(article, day=DAY, reads=7)
    assert count(view(article)) == [(DAY, "own", None, 8)]


def test_article_that_is_gone_counts_nothing(article):
    gone = view(article)
    article.delete()
    assert count(gone) == []
    assert today.batch(DAY)[1] == []


# What is noted --------------------------------------------------------------------------------------------


def environ(**values: str) -> dict[str, str]:
    return {"REQUEST_METHOD": "GET", "REMOTE_ADDR": "10.0.0.1", "HTTP_USER_AGENT": PHONE} | values


@pytest.mark.parametrize(
    "values",
    [
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "POST"},
        {"HTTP_SEC_PURPOSE": "prefetch"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_PURPOSE": "prefetch"},
        {"HTTP_X_MOZ": "prefetch"},
    ],
)
def test_what_nobody_looks_at_is_not_noted(values):
    seen.note(environ(**values), 1)
    assert not seen.WAITING


@pytest.mark.parametrize(
    ("query", "link"),
    [
        ("g=abc2345", "abc2345"), ("x=1&g=abc", "abc"), ("g=", ""), ("g=" + "a" * 13, ""), ("g=a%00", ""),
        ("g=群", ""), ("", ""), ("gg=abc", ""), ("&" * 5000 + "g=abc", ""),
    ],
)  # fmt: skip
def test_link_is_taken_from_the_address(query, link):
    assert seen.link({"PATH_INFO": "/channel/a/", "QUERY_STRING": query}) == link


def test_beacon_has_the_link_of_the_page_that_asks():
    page = "https://example.org/channel/a/b/?g=abc2345#part"
    assert seen.link({"PATH_INFO": "/read/a/", "HTTP_REFERER": page}) == "abc2345"
    assert seen.link({"PATH_INFO": "/read/a/", "QUERY_STRING": "g=other"}) == ""


@pytest.mark.parametrize("forwarded", ["", "x" * 9000, "\x00\udcff", "::::", "10.0.0.9, 10.0.0.8", ",,,"])
def test_hostile_headers_are_read_all_the_same(article, settings, forwarded):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    seen.address.cache_clear()
    agent = PHONE + "\udcff" * 3 + "y" * 9000
    seen.note(environ(HTTP_X_FORWARDED_FOR=forwarded, HTTP_USER_AGENT=agent), article.pk)
    assert len(seen.WAITING[0].agent) == seen.LONGEST
    assert collecting.take() == 1


def test_behind_a_proxy_readers_are_told_apart_by_what_it_saw(article, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    seen.address.cache_clear()
    views = (view(article, forwarded=f"10.9.9.9, 10.1.0.{n}") for n in (1, 2, 2))
    assert count(*views) == [(DAY, "own", None, 2)]
    seen.address.cache_clear()


def test_waiting_views_are_bounded():
    assert seen.WAITING.maxlen == seen.MOST


# Nobody is known ------------------------------------------------------------------------------------------


def test_file_holds_digests_that_another_days_salt_makes_otherwise(article):
    next_day = NOON + 24 * 3600
    count(view(article), view(article, at=next_day, remote="10.0.0.9"), view(article, at=next_day))
    found = []
    for path in sorted(today.folder().glob("*.sqlite3")):
        assert b"10.0.0" not in path.read_bytes()
        assert b"Mozilla" not in path.read_bytes()
        found.append({row[0] for row in sqlite3.connect(path).execute("SELECT digest FROM reader")})
    assert [len(each) for each in found] == [1, 2]
    assert not found[0] & found[1]


def test_folder_is_nobody_elses(article):
    count(view(article))
    assert today.folder().stat().st_mode & 0o077 == 0
    assert today.folder().stat().st_uid == os.getuid()


def test_folder_that_others_may_enter_is_not_taken(monkeypatch, tmp_path):
    monkeypatch.setattr(today, "MEMORY", tmp_path)
    taken = today.folder()
    taken.chmod(0o755)
    assert today.folder() != taken


def test_day_that_is_over_is_forgotten_with_its_salt(article):
    count(view(article))
    now = datetime(2024, 5, 7, 0, 0, 30, tzinfo=HERE)
    collecting.tidy(now)
    assert today.days() == [DAY]  # views of the last moment may still come
    collecting.tidy(now + timedelta(minutes=1))
    assert today.days() == []
    assert stored() == [(DAY, "own", None, 1)]


def test_day_whose_counts_wait_is_kept(article):
    today.take([view(article)])
    collecting.tidy(datetime(2024, 5, 9, tzinfo=HERE))
    assert today.days() == [DAY]
    collecting.settle()
    assert stored() == [(DAY, "own", None, 1)]


def test_readers_are_forgotten_after_half_an_hour(article):
    count(view(article))
    today.forget_old_readers(NOON + today.AGAIN)
    with today.opened(DAY) as file:
        assert file.execute("SELECT COUNT(*) FROM reader").fetchone() == (0,)


# Each count once ------------------------------------------------------------------------------------------


def test_batch_that_comes_twice_is_added_once(article):
    today.take([view(article)])
    name, counts = today.batch(DAY)
    assert actions.store(DAY, name, counts)
    assert today.batch(DAY) == (name, counts)  # as when it was killed before it said that it is done
    assert not actions.store(DAY, name, counts)
    today.done(DAY, name)
    assert stored() == [(DAY, "own", None, 1)]


def test_counts_that_come_meanwhile_are_the_next_batch(article):
    today.take([view(article)])
    name, counts = today.batch(DAY)
    today.take([view(article, remote="10.0.0.2")])
    assert today.batch(DAY) == (name, counts)
    actions.store(DAY, name, counts)
    today.done(DAY, name)
    collecting.settle()
    assert stored() == [(DAY, "own", None, 2)]


def test_views_stay_noted_when_the_file_cannot_be_written(article, monkeypatch):
    seen.WAITING.append(view(article))
    monkeypatch.setattr(today, "take", lambda views: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        collecting.take()
    monkeypatch.undo()
    assert count() == [(DAY, "own", None, 1)]


def test_names_of_old_batches_go(article):
    count(view(article))
    actions.forget_batches(timezone.now() - timedelta(days=1))
    assert CountedBatch.objects.count() == 1
    actions.forget_batches(timezone.now() + timedelta(seconds=1))
    assert not CountedBatch.objects.exists()


# The end ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failures", [0, 2])
def test_end_of_the_server_stores_what_is_noted_though_the_database_fails_at_first(monkeypatch, failures):
    came, fails = [], iter([OperationalError("locked")] * failures)

    def store(day, name, counts):
        if error := next(fails, None):
            raise error
        came.extend(counts)

    monkeypatch.setattr(collecting.actions, "store", store)
    monkeypatch.setattr(collecting, "TAKE", 30)  # so that nothing is taken before the end
    collector = collecting.Collector()
    collector.start()
    seen.WAITING.append(seen.View(7, "", time.time(), PHONE, "10.0.0.1", ""))
    collector.stop()
    assert came == [(7, "", 1)]
    assert not seen.WAITING
    assert today.batch(timezone.localdate())[1] == []


def test_database_that_stays_away_at_the_end_loses_nothing(monkeypatch):
    def store(day, name, counts):
        raise OperationalError("gone")

    monkeypatch.setattr(collecting.actions, "store", store)
    monkeypatch.setattr(collecting, "LAST", (0, 0))
    collector = collecting.Collector()
    collector.start()
    seen.WAITING.append(seen.View(7, "", time.time(), PHONE, "10.0.0.1", ""))
    collector.stop()
    assert today.batch(timezone.localdate())[1] == [(7, "", 1)]
