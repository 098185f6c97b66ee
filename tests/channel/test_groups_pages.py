"""Groups in the console: recorded, counted, ended, and given a bot whose key nobody reads again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.channel.models import Bot, GridGroup, GroupSize
from shiliu.core.models import AuditEntry
from tests import factories
from tests.channel.helpers import bot, groups, prepared, verbs
from tests.channel.test_bots import KEY, NATIVE

pytestmark = pytest.mark.django_db
LIST, GROUP = 10, 12  # queries


# Groups ---------------------------------------------------------------------------------------------------


def test_group_is_recorded_changed_counted_and_ended(desk, places):
    given = {"name": "新群", "service": "wechat", "area": "990001100001001", "valid_from": "2026-01-01"}
    response = desk.post("/console/groups/new/", given)
    it = GridGroup.objects.get(name="新群")
    page = f"/console/groups/{it.code}/"
    assert response.headers["Location"] == page
    assert it.link

    desk.post(f"{page}change/", {"name": "新名", "service": "wecom", "seen": 1})
    desk.post(f"{page}size/", {"members": 120, "day": "2026-02-01", "seen": 2})
    desk.post(f"{page}size/", {"members": 121, "day": "2026-02-01", "seen": 3})
    assert list(GroupSize.objects.values_list("members", "area")) == [(121, it.area_id)]
    said = desk.get(page).content.decode()
    assert "新名" in said
    assert "121" in said
    desk.post(f"{page}end/", {"on": "2026-03-01", "seen": 4})
    it.refresh_from_db()
    assert (it.name, it.service, str(it.valid_to)) == ("新名", "wecom", "2026-03-01")
    names = ("add_group", "change_group", "count_group", "count_group", "end_group")
    assert verbs(it) == [f"channel.{name}" for name in names]


@pytest.mark.parametrize(
    ("path", "given", "says"),
    [
        ("new/", {"name": "x", "service": "wechat", "area": "990001200001001", "valid_from": "2026-01-01"},
         "outside your post"),
        ("new/", {"name": "", "service": "wechat", "area": "990001100001001", "valid_from": "2026-01-01"},
         "required"),
        ("new/", {"name": "x", "service": "pigeon", "area": "x", "valid_from": "soon"}, "valid date"),
        ("G-1/size/", {"members": -1, "day": "2026-01-01", "seen": 1}, "greater than or equal to 0"),
        ("G-1/size/", {"members": "many", "day": "2026-01-01", "seen": 1}, "whole number"),
        ("G-1/size/", {"members": 10**20, "day": "2026-01-01", "seen": 1}, "less than or equal to"),
        ("G-1/size/", {"members": 3, "day": "2999-01-01", "seen": 1}, "still to come"),
        ("G-1/end/", {"on": "2001-01-01", "seen": 1}, "before the first day"),
        ("G-1/bot/", {"vendor": "wecom", "typed": "https://a.example/", "seen": 1}, "Copy it anew"),
        ("G-1/bot/", {"vendor": "pigeon", "typed": "12345678", "seen": 1}, "valid choice"),
    ],
)  # fmt: skip
def test_bad_input_is_said_and_what_was_typed_is_kept(desk, group, path, given, says):
    response = desk.post(f"/console/groups/{path}", given)
    said = response.content.decode()
    assert response.status_code == 422
    assert says in said
    assert not Bot.objects.exists()
    if given.get("members") == "many":
        assert 'value="many"' in said


@pytest.mark.parametrize("path", ["change/", "size/", "end/", "bot/"])
def test_who_comes_second_is_told(desk, group, path):
    GridGroup.objects.filter(pk=group.pk).update(version=5)
    given = {"name": "x", "service": "wechat", "members": 3, "day": "2026-01-01", "on": "2026-01-01"}
    given |= {"vendor": "wecom", "typed": KEY, "seen": 1}
    response = desk.post(f"/console/groups/G-1/{path}", given)
    assert response.status_code == 409
    assert "colleague was faster" in response.content.decode()
    assert 'value="5"' in response.content.decode()


@pytest.mark.parametrize("vendor", sorted(NATIVE))
def test_key_of_a_bot_is_encrypted_and_never_shown_again(desk, group, vendor):
    from django.db import connection

    sent = {"vendor": vendor, "typed": NATIVE[vendor], "secret": "SECsecret99", "seen": 1}
    response = desk.post("/console/groups/G-1/bot/", sent, follow=True)
    pages = [
        response,
        *map(desk.get, ("/console/groups/G-1/", "/console/groups/G-1/bot/", "/console/groups/")),
    ]
    for page in pages:
        assert KEY not in page.content.decode()
        assert "SECsecret99" not in page.content.decode()
    assert f"set since {timezone.localdate()}" in response.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM channel_bot")
        assert cursor.fetchone()[0].startswith("gAAAAA")
    entry = AuditEntry.objects.get(verb="channel.set_bot")
    assert KEY not in f"{entry.data} {entry.note}"
    assert Bot.objects.get().address.endswith(f"SECsecret99@{KEY}")


def test_bot_is_replaced_and_removed_and_what_waits_goes_with_it(desk, places, group):
    [row] = prepared(places.town)
    desk.post("/console/groups/G-1/bot/", {"vendor": "wecom", "typed": "first-key-1", "seen": 1})
    row.refresh_from_db()
    assert row.by_bot
    desk.post("/console/groups/G-1/bot/", {"vendor": "feishu", "typed": "second-key-2", "seen": 2})
    assert Bot.objects.get().address == "feishu://second-key-2"
    desk.post("/console/groups/G-1/bot/remove/", {"seen": 3})
    row.refresh_from_db()
    assert not row.by_bot
    assert not Bot.objects.exists()
    assert verbs(group) == ["channel.set_bot", "channel.replace_bot", "channel.remove_bot"]


def test_export_of_groups_holds_no_key(places, group, tmp_path):
    from django.core.management import call_command

    bot(group, key=KEY)
    call_command("export", str(tmp_path))
    assert not [file for file in tmp_path.rglob("*.csv") if KEY in file.read_text("utf-8")]


def test_list_is_narrowed_and_goes_on_page_by_page(desk, places, monkeypatch):
    monkeypatch.setattr("shiliu.grid.views.paging.SIZE", 2)
    made = groups(places.east_1, "a", "b", "c") + groups(places.east_2, "d", "e")
    bot(made[0])
    factories.group(places.east_1, name="over", valid_to=factories.DAY)
    factories.group(places.west_1, name="elsewhere")

    def names(query: str) -> set[str]:
        seen, address = [], f"/console/groups/{query}"
        while address:
            page = desk.get(address).context["page"]
            seen += [row.name for row in page.rows]
            address = page.next and f"/console/groups/{page.next}"
        assert len(seen) == len(set(seen))
        return set(seen)

    assert names("") == set("abcde")
    assert names("?show=bot") == {"a"}
    assert names("?show=hand") == set("bcde")
    assert names("?show=ended") == {"over"}
    assert names(f"?area={places.east.code}") == set("abcde")
    assert names(f"?area={places.west.code}") == set()
    assert desk.get("/console/groups/?area=nonsense").status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_list_queries(desk, places, django_assert_num_queries, n):
    for it in groups(places.east_1, *map(str, range(n))):
        bot(it)
        GroupSize.objects.create(group=it, area=places.east_1, day=factories.DAY, members=3)
    with django_assert_num_queries(LIST):
        assert len(desk.get("/console/groups/").context["page"].rows) == n


@pytest.mark.parametrize("n", [1, 3])
def test_group_queries(desk, places, group, django_assert_num_queries, n):
    for i in range(n):
        prepared(places.town, f"news-{i}")
        GroupSize.objects.create(
            group=group, area=places.east_1, day=factories.DAY + timedelta(days=i), members=3
        )
    with django_assert_num_queries(GROUP):
        assert len(desk.get("/console/groups/G-1/").context["recent"]) == n
