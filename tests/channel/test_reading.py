"""The desk's pages on reads: what they show is the figure's, and an editor types the official account's."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from shiliu.channel.models import OfficialArticle, OfficialDay, Reads
from shiliu.channel.reading import actions
from shiliu.core import audit, door
from shiliu.core.access import NotPermitted
from shiliu.core.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db

DAY = factories.DAY
INDEX = "/console/channel/reads/"
LIST, PAGE = 8, 11  # statements


@pytest.fixture
def column(places):
    return factories.column(places.east)


@pytest.fixture
def article(column):
    return factories.article(column, "a-1")


@pytest.fixture
def desk(client, staff):
    client.force_login(staff.editor)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def told_by(desk, article, query: str = ""):
    return desk.get(f"{INDEX}of/{article.code}/{query}")


def official() -> list[tuple[date, int]]:
    rows = Reads.objects.filter(source="official").order_by("day")
    return list(rows.values_list("day", "reads"))


def test_list_shows_reads_to_date(desk, article):
    factories.reads(article, reads=7)
    factories.reads(article, reads=1005, source="official")
    assert "1,012" in desk.get(INDEX).content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_list_costs_the_same_however_long(desk, column, n, django_assert_num_queries):
    for k in range(n):
        factories.reads(factories.article(column, f"a-{k}"))
    desk.get(INDEX)
    with django_assert_num_queries(LIST):
        desk.get(INDEX)


@pytest.mark.parametrize("n", [1, 3])
def test_page_costs_the_same_however_much(desk, article, places, n, django_assert_num_queries):
    for k in range(n):
        group = factories.group(places.east_1)
        factories.reads(article, day=DAY - timedelta(days=k), source="group", group=group)
    told_by(desk, article)
    with django_assert_num_queries(PAGE):
        told_by(desk, article)


def test_list_goes_on_after_fifty(desk, column):
    for k in range(52):
        factories.article(column, f"a-{k}")
    first = desk.get(INDEX)
    assert len(first.context["rows"]) == 50
    second = desk.get(INDEX + first.context["page"].next)
    assert [article.code for article, _n in second.context["rows"]] == ["a-1", "a-0"]


@pytest.mark.parametrize("query", ["?day=x&after=1", "?day=2024-13-45&after=1", "?day=2024-01-01&after=x"])
def test_place_in_the_list_that_is_none_is_the_beginning(desk, article, query):
    assert desk.get(INDEX + query).status_code == 200


def test_page_shows_days_sources_and_groups(desk, article, places):
    group = factories.group(places.east_1, name="甲群")
    factories.reads(article, reads=7)
    factories.reads(article, reads=41, source="group", group=group)
    factories.reads(article, day=DAY - timedelta(days=3), reads=5, source="official")
    response = told_by(desk, article)
    told = response.context["told"]
    assert [(day.day, day.by_source) for day in told.days] == [
        (DAY, [7, 0, 41]), (DAY - timedelta(days=3), [0, 5, 0]),
    ]  # fmt: skip
    assert told.total == 53
    assert told.groups == [("甲群", 41)]
    assert response.content.decode().count('<rect class="reads-') == 3 + 3  # and the key


def test_days_are_turned_over(desk, article):
    factories.reads(article)
    factories.reads(article, day=DAY - timedelta(days=40), reads=2)
    first = told_by(desk, article).context["told"]
    assert [day.day for day in first.days] == [DAY]
    second = told_by(desk, article, first.earlier).context["told"]
    assert [day.day for day in second.days] == [DAY - timedelta(days=40)]
    assert second.total == first.total == 52


@pytest.mark.parametrize("until", ["x", "2024-99-99", "0001-01-01", "9999-12-31", ""])
def test_day_that_cannot_be_is_answered_all_the_same(desk, article, until):
    assert told_by(desk, article, f"?until={until}").status_code == 200


def test_article_elsewhere_is_404(desk, places):
    far = factories.article(factories.column(places.far, "far"), "far-1")
    assert told_by(desk, far).status_code == 404


# Typing ---------------------------------------------------------------------------------------------------


def typed(desk, article, **values):
    sent = {"day": str(DAY), "reads": "120", "seen": "0"} | values
    return desk.post(f"{INDEX}of/{article.code}/", sent)


def test_editor_types_a_day_and_it_is_on_record(desk, article, staff):
    assert typed(desk, article).status_code == 302
    assert official() == [(DAY, 120)]
    entry = AuditEntry.objects.get(verb="channel.type_reads")
    assert (entry.actor, entry.public_id, entry.data) == (
        staff.editor,
        "a-1",
        {"day": str(DAY), "reads": 120},
    )
    assert "typed 120 reads at the official account" in audit.sentence(entry)


def test_day_is_typed_again_in_the_place_of_what_was_there(desk, article):
    typed(desk, article)
    typed(desk, article, reads="150", seen="120")
    assert official() == [(DAY, 150)]


def test_colleague_who_was_faster_is_told_of_and_nothing_lost(desk, article):
    typed(desk, article)
    response = typed(desk, article, reads="90")
    assert response.status_code == 409
    assert "A colleague was faster" in response.content.decode()
    assert response.context["form"]["reads"].value() == "90"
    assert response.context["form"]["seen"].value() == 120
    assert official() == [(DAY, 120)]


@pytest.mark.parametrize(
    "values",
    [
        {"reads": ""}, {"reads": "-1"}, {"reads": "1e3"}, {"reads": "9" * 30}, {"day": ""}, {"day": "x"},
        {"day": "1999-12-31"}, {"seen": "x"}, {"day": str(timezone.localdate() + timedelta(days=2))},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence(desk, article, values):
    response = typed(desk, article, **values)
    assert response.status_code == 422
    assert response.context["form"].errors
    assert official() == []


def test_who_only_sees_does_not_type(client, staff, article):
    client.force_login(staff.coordinator)
    assert told_by(client, article).context["form"] is None
    assert typed(client, article).status_code == 403
    with pytest.raises(NotPermitted):
        actions.type_reads(article, day=DAY, reads=1, by=staff.coordinator, seen=0)
    assert official() == []


# Which article it is --------------------------------------------------------------------------------------


@pytest.fixture
def told_of(article):
    it = OfficialArticle.objects.create(
        msgid="12003_1", code="W-12003_1", title="别的题目", area_id=article.area_id
    )
    for n in range(2):
        OfficialDay.objects.create(official=it, day=DAY + timedelta(days=n), readers=10 + n)
    return it


def matched(desk, it, article: str, seen: int = 1):
    return desk.post(f"{INDEX}official/{it.code}/", {"article": article, "seen": str(seen)})


@pytest.mark.parametrize("said", ["a-1", "测试文章a-1", " a-1 "])
def test_editor_says_which_article_it_is_and_its_figures_come(desk, told_of, said):
    assert matched(desk, told_of, said).status_code == 302
    assert official() == [(DAY, 10), (DAY + timedelta(days=1), 11)]
    assert AuditEntry.objects.get(verb="channel.match").data == {"article": "a-1"}


def test_mistake_is_put_right_and_what_was_typed_stays(desk, told_of, column):
    other = factories.article(column, "a-2")
    matched(desk, told_of, "a-1")
    Reads.objects.filter(day=DAY).update(reads=99)  # somebody typed another figure
    matched(desk, told_of, "a-2", seen=2)
    rows = Reads.objects.filter(source="official").values_list("article__code", "reads")
    assert sorted(rows) == [("a-1", 99), ("a-2", 10), ("a-2", 11)]
    matched(desk, told_of, "", seen=3)
    assert not Reads.objects.filter(article=other).exists()


@pytest.mark.parametrize("said", ["no-such", "x" * 300])
def test_article_that_is_none_is_refused(desk, told_of, said):
    assert matched(desk, told_of, said).status_code == 422
    assert official() == []


def test_title_of_two_articles_is_no_answer(desk, told_of, column):
    factories.article(column, "a-2", title="测试文章a-1")
    response = matched(desk, told_of, "测试文章a-1")
    assert "a-1, a-2" in response.content.decode()


def test_who_comes_second_is_told(desk, told_of, staff):
    matched(desk, told_of, "a-1")
    assert matched(desk, told_of, "", seen=1).status_code == 409
    with pytest.raises(door.StaleState):
        actions.match(told_of, None, by=staff.editor, seen=1)


@pytest.mark.parametrize("n", [1, 3])
def test_list_of_the_account_costs_the_same(desk, article, n, django_assert_num_queries):
    for k in range(n):
        OfficialArticle.objects.create(msgid=f"{k}_1", code=f"W-{k}_1", area_id=article.area_id)
    desk.get(f"{INDEX}official/?show=all")
    with django_assert_num_queries(7):
        desk.get(f"{INDEX}official/?show=all")
