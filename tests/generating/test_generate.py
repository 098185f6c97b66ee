"""The invented county: the same for the same seed, whole, and as the rest of the house writes it."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Sum

from shiliu.channel.models import Delivery, GridGroup, Reads
from shiliu.core import search
from shiliu.core.models import AuditEntry, SearchDocument
from shiliu.core.search import Document
from shiliu.grid.models import Area
from shiliu.requests import desk
from shiliu.requests.models import ENDED, Category, Escalation, Message, Request, State
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
NOW = "2026-11-27T10:00:00+08:00"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA = tmp_path


def generate(**options) -> None:
    call_command("generate", verbosity=0, **{"requests": 300, "towns": 2, "now": NOW} | options)


def content() -> list:
    """Everything but what has to differ: contact details are encrypted anew, passwords are random."""
    fields = [field for field in Request._meta.concrete_fields if not field.name.startswith("contact_")]
    kept = [f"{field.name}__code" if field.is_relation else field.name for field in fields]
    entries = AuditEntry.objects.filter(kind="requests.request").order_by("id")
    return [
        list(Area.objects.order_by("code").values_list("code", "name")),
        list(Request.objects.order_by("pk").values_list(*(name for name in kept if name != "id"))),
        list(entries.values_list("at", "actor__username", "verb", "public_id", "version", "note", "data")),
        list(Message.objects.order_by("pk").values_list("request__code", "kind", "words", "at")),
        list(Escalation.objects.order_by("pk").values_list("request__code", "reason", "level", "due_at")),
    ]


def test_same_seed_gives_the_same_county_and_another_seed_another_one(flush):
    generate()
    first = content()
    flush()
    generate()
    assert content() == first
    flush()
    generate(seed=2)
    assert content()[1] != first[1]


@pytest.fixture
def flush():
    return lambda: call_command("flush", verbosity=0, interactive=False)


def test_county_is_whole_and_keeps_what_the_database_refuses_otherwise():
    indexes = _indexes()
    generate()
    assert _indexes() == indexes
    connection.check_constraints()
    assert Request.objects.count() == 300
    assert Area.objects.count() == 1 + 2 * (1 + 6 * (1 + 4))
    assert not Request.objects.filter(received_at__gt=NOW).exists()
    assert not Request.objects.filter(closed_at__gt=NOW).exists()
    assert Request.objects.filter(state__in=ENDED).count() > 200
    later = factories.request(Area.objects.order_by("-code")[0], Category.objects.first())
    assert later.pk == 301


def _indexes() -> set[tuple[str, str]]:
    """Indexes, foreign keys and triggers as the database has them in words."""
    sqlite = "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger')"
    postgresql = (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' UNION ALL "
        "SELECT conrelid::text || conname, pg_get_constraintdef(oid) FROM pg_constraint"
    )
    with connection.cursor() as cursor:
        cursor.execute(sqlite if connection.vendor == "sqlite" else postgresql)
        return set(cursor.fetchall())


def test_what_is_open_has_its_story_and_the_clock_has_its_times():
    generate(requests=4000)
    now = datetime(2026, 11, 27, 2, tzinfo=UTC)
    open_now = Request.objects.open()
    asked = AuditEntry.objects.filter(verb="requests.ask").values("public_id")
    assert not open_now.exclude(code__in=asked).exists()
    told = AuditEntry.objects.filter(kind="requests.request").values("public_id").annotate(n=Count("id"))
    assert all(Request.objects.get(code=each["public_id"]).version == each["n"] for each in told[:40])
    assert not open_now.filter(state=State.RECEIVED, due_at__gt=now, alarm_at=None).exists()
    assert not Request.objects.filter(alarm_at__lt=now).exists()
    for show in desk.SHOWS.values():
        assert show.key == "mine" or show.narrow(Request.objects.all(), now).exists(), show.key


def test_words_are_found_as_if_they_had_been_indexed_one_by_one():
    generate()
    documents = dict(
        SearchDocument.objects.filter(kind="requests.request").values_list("public_id", "tokens")
    )
    for made in Request.objects.all():
        each = Document("requests.request", made.code, made.received_at, made.findable, made.area_id)
        assert documents[made.code] == search.stored_tokens(each)
    leaking = set(Request.objects.filter(words__contains="漏水").values_list("code", flat=True))
    assert leaking
    assert set(search.matching("requests.request", "漏水")) == leaking


def test_reads_are_as_many_as_asked_for_each_day_once_and_the_same_for_the_same_seed(flush):
    found = []
    for _again in range(2):
        generate(requests=1, reads=5000)
        rows = Reads.objects.values_list("article__code", "area", "article__area", "day", "source", "reads")
        found.append(sorted(rows))
        flush()
    assert found[0] == found[1]
    assert len(found[0]) == len({(code, day, source) for code, _a, _b, day, source, _n in found[0]}) == 5000
    assert all(area == of_article for _code, area, of_article, *_rest in found[0])


def test_deliveries_go_into_the_groups_of_each_town_once_and_are_the_same_for_the_same_seed(flush):
    found = []
    for _again in range(2):
        generate(requests=1, deliveries=1500)
        connection.check_constraints()
        rows = Delivery.objects.values_list(
            "message__article__code", "group__code", "state", "made_at", "area"
        )
        found.append(sorted(rows))
        assert GridGroup.objects.count() == 10 * Area.objects.filter(code__length=15).count() == 480
        assert not Delivery.objects.exclude(area=F("group__area")).exists()
        assert not Delivery.objects.exclude(town=F("message__article__town")).exists()
        assert Delivery.objects.lacking().exists()
        opened = Reads.objects.values_list("article", "group", "area")
        arrived = Delivery.objects.filter(arrived_at__isnull=False)
        assert opened.exists()
        assert set(opened) <= set(arrived.values_list("message", "group", "area"))
        flush()
    assert found[0] == found[1]
    assert len(found[0]) == len({(article, group) for article, group, *_rest in found[0]}) == 1500


def test_reads_add_up_to_what_is_asked_for_over_articles_and_groups():
    generate(requests=1, reads=2000, reads_total=20_000, articles=6, groups=True)
    found = Reads.objects.aggregate(
        rows=Count("pk"), total=Sum("reads"), articles=Count("article", distinct=True)
    )
    assert found == {"rows": 2000, "total": 20_000, "articles": 6}
    opened = Reads.objects.filter(group__isnull=False)
    assert opened.values("group").distinct().count() == GridGroup.objects.count() == 2 * 6 * 4
    assert not opened.exclude(area=F("group__area")).exists()
    assert not opened.exclude(source="group").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"towns": 0}, "--towns takes 1 to 150"),
        ({"requests": 0}, "at least 1"),
        ({"reads": -1}, "--reads at least 0"),
        ({"deliveries": -1}, "--deliveries takes at least 0"),
        ({"reads": 5000, "articles": 1}, "an article has at most 3285 rows"),
        ({"reads": 1, "reads_total": -1}, "--reads-total"),
        ({"now": "yesterday"}, "is no time"),
    ],
)
def test_what_makes_no_sense_is_refused(options, sentence):
    with pytest.raises(CommandError, match=sentence):
        generate(**options)


def test_install_that_holds_something_is_refused(settings):
    factories.area("990003")
    with pytest.raises(CommandError, match="holds records already"):
        generate()
    assert Area.objects.count() == 1


def test_no_invented_county_in_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        generate()
