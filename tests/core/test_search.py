import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from shiliu.core import search
from shiliu.core.areas import EVERYWHERE, Scope
from shiliu.core.models import SearchDocument
from shiliu.core.search import Document
from shiliu.requests.models import Request
from tests import factories

KIND = "test.note"
NOON = datetime(2023, 4, 27, 4, tzinfo=UTC)

# Few different characters, so that runs repeat and overlap; one of each plane that Han has.
han = st.text(alphabet="漏水管道路灯々〇𠮷𰻝", min_size=1, max_size=12)
words = st.text(alphabet="abzé9мкئ", min_size=1, max_size=8)
gaps = st.sampled_from([" ", "，", "\n", "。", "-", " ! ", "·"])
texts = st.lists(st.tuples(han | words, gaps), min_size=1, max_size=6).map(
    lambda parts: "".join(part + gap for part, gap in parts)
)
anything = st.text() | st.text(alphabet="\"'*():&|!<->^{}[]+-~% \\AND OR NOT NEAR漏水az\0", max_size=30)

# The database stays as each example found it: every example writes the same record.
on_the_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def found(text: str, kind: str = KIND) -> set[str]:
    return set(search.matching(kind, text))


def put(text: str, public_id: str = "A") -> None:
    search.index(KIND, public_id, at=NOON, text=text)


def han_runs(text: str) -> list[str]:
    return re.findall("[漏水管道路灯々〇𠮷𰻝]+", text)


def database_tokens(text: str) -> list[str]:
    """What the database's own parser makes of a string of tokens."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT lexeme FROM unnest(to_tsvector('simple', %s)) AS t(lexeme, places, weights), "
                "unnest(places) AS place ORDER BY place",
                [text],
            )
            return [lexeme for (lexeme,) in cursor.fetchall()]
        cursor.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.probe USING fts5(t, tokenize='unicode61')")
        cursor.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.probed USING fts5vocab(temp, probe, instance)"
        )
        cursor.execute("DELETE FROM temp.probe")
        cursor.execute("INSERT INTO temp.probe(t) VALUES (%s)", [text])
        cursor.execute('SELECT term FROM temp.probed ORDER BY "offset"')
        return [term for (term,) in cursor.fetchall()]


def test_tokens_of_chinese_are_pairs_and_the_last_character() -> None:
    assert search.tokens("水管漏") == "u06c3407ba1 u07ba106f0f u06f0f"


def test_tokens_of_words_keep_their_letters_and_escape_the_others() -> None:
    assert search.tokens("Lamp 9 zoo") == "wlamp w9 wzzoo"
    assert search.tokens("café") == "wcafz000e9"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＬＡＭＰ　９", "lamp 9"),
        ("Straße", "STRASSE"),
        ("cafe\u0301", "CAFÉ"),
        ("路\u200b灯", "路灯"),  # zero-width space
        ("葛\U000e0100飾", "葛飾"),  # variation selector
        ("⽔管", "水管"),  # Kangxi radical
        ("ᠮᠣᠩᠭᠣᠯ\u180b", "ᠮᠣᠩᠭᠣᠯ"),
    ],
)
def test_tokens_are_the_same_for_what_looks_the_same(one: str, other: str) -> None:
    assert search.tokens(one) == search.tokens(other) != ""


@pytest.mark.parametrize("text", ["", " ", "，。！？", "*", '"', "--", "\0", "\ud800", "😀", "\u180b"])
def test_text_without_letters_or_digits_is_an_empty_query(text: str) -> None:
    assert search.tokens(text) == ""
    assert not search.query(text)


@given(texts | anything)
def test_tokens_are_lower_case_ascii(text: str) -> None:
    assert re.fullmatch(r"|[a-z0-9]+( [a-z0-9]+)*", search.tokens(text))


@given(words, words)
def test_code_of_a_word_begins_with_another_exactly_when_the_word_does(one: str, other: str) -> None:
    code, start = search.tokens(one), search.tokens(other)
    assert code.startswith(start) is one.casefold().startswith(other.casefold())


@given(anything)
def test_query_is_bounded(text: str) -> None:
    wanted = search.query(text * 50)
    assert len(wanted.terms) <= 32
    assert all(len(term.tokens) < 64 for term in wanted.terms)


def test_tokens_of_an_endless_text_fit_into_a_tsvector() -> None:
    assert len(search.tokens("漏水" * 20_000).split()) == 16_383
    assert len(search.tokens("ئ" * 39 + " " + " ".join(f"ئ{n}" + "м" * 30 for n in range(9999)))) <= 600_000


@pytest.mark.django_db
@on_the_database
@given(texts | anything)
@example("e5 1e5 3.14 -7 http://a.b/c?d=e user@example.org 1.2.3.4 <b>x</b> &amp; a_b-c")
@example("漏水" * 40 + "z" * 90)
def test_each_token_is_one_token_of_the_database(text: str) -> None:
    written = search.tokens(text)
    assert database_tokens(written) == written.split()


@pytest.mark.django_db
@on_the_database
@given(texts, st.data())
def test_every_piece_of_a_run_is_found(text: str, data: st.DataObject) -> None:
    put(text)
    run = data.draw(st.sampled_from(re.findall(r"[^ ，\n。!·-]+", text)))
    for piece in han_runs(run):
        first = data.draw(st.integers(0, len(piece) - 1))
        last = data.draw(st.integers(first + 1, len(piece)))
        assert found(piece[first:last]) == {"A"}
    assert found(run) == {"A"}


@pytest.mark.django_db
@on_the_database
@given(texts, han.filter(lambda run: len(run) > 1))
@example("漏水，水管", "漏水管")
@example("漏水路水管", "漏水管")
@example("漏，水", "漏水")
def test_chinese_is_found_exactly_when_it_stands_in_a_row(text: str, wanted: str) -> None:
    put(text)
    assert bool(found(wanted)) is any(wanted in run for run in han_runs(text))


@pytest.mark.django_db
@on_the_database
@given(st.lists(han | words, min_size=1, max_size=5), st.lists(han | words, min_size=1, max_size=3))
def test_query_means_all_of_its_runs(parts: list[str], wanted: list[str]) -> None:
    put(" ".join(parts))

    def holds(run: str) -> bool:
        runs = han_runs(run)
        return any(run in part if runs else part.startswith(run) for part in parts)

    assert bool(found(" ".join(wanted))) is all(map(holds, wanted))


@pytest.mark.django_db
@on_the_database
@given(anything)
@example('" OR 1=1 --')
@example("漏水* NEAR(水, 2)")
@example(" ".join(f"w{n}" for n in range(500)))
@example("漏" * 5000)
def test_anything_typed_is_harmless(text: str) -> None:
    put("厨房水管漏水了")
    assert found(text) <= {"A"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["漏水", "厨房水管漏水了", "了", "水管 漏水", "漏水了！", "３号", "3 水", "LAM"]
)
def test_matching_finds(text: str) -> None:
    put("厨房水管漏水了，3号楼 Lamp")
    assert found(text) == {"A"}


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["水漏", "漏水管", "漏 电", "楼了", "了4", "amp", "lamps", "", "*", "OR"])
def test_matching_does_not_find(text: str) -> None:
    put("厨房水管漏水了，3号楼 Lamp")
    assert found(text) == set()


@pytest.mark.django_db
def test_matching_is_of_one_kind_and_works_inside_a_query(django_assert_num_queries: Any) -> None:
    put("路灯不亮", "A")
    search.index("test.other", "B", at=NOON, text="路灯不亮")
    with django_assert_num_queries(1):
        rows = list(SearchDocument.objects.filter(public_id__in=search.matching(KIND, "路灯")))
    assert [row.public_id for row in rows] == ["A"]
    assert not SearchDocument.objects.filter(public_id__in=search.matching(KIND, "，")).exists()


@pytest.mark.django_db
def test_index_again_replaces_the_text(django_assert_num_queries: Any) -> None:
    put("路灯不亮")
    with django_assert_num_queries(1):
        search.index(KIND, "A", at=NOON.replace(year=2024), text="井盖松动")
    assert found("路灯") == set()
    assert found("井盖") == {"A"}
    assert SearchDocument.objects.get().at.year == 2024


@pytest.mark.django_db
def test_removed_record_is_found_no_more() -> None:
    put("路灯不亮")
    search.remove(KIND, "A")
    search.remove(KIND, "never there")
    assert found("路灯") == set()
    assert not SearchDocument.objects.exists()


@pytest.mark.django_db
def test_index_many_needs_the_same_statements_for_each_batch(django_assert_max_num_queries: Any) -> None:
    def notes(count: int) -> Iterable[Document]:
        return (Document(KIND, f"N{n}", NOON, f"第{n}盏路灯不亮") for n in range(count))

    with django_assert_max_num_queries(6) as one:
        search.index_many(notes(search.BATCH))
    with django_assert_max_num_queries(18) as three:
        search.index_many(notes(3 * search.BATCH))
    assert len(three) == 3 * len(one)
    assert len(found("路灯")) == SearchDocument.objects.count() == 3 * search.BATCH


@pytest.mark.django_db
def test_index_many_keeps_the_later_of_two_texts_of_one_record() -> None:
    search.index_many([Document(KIND, "A", NOON, "路灯不亮"), Document(KIND, "A", NOON, "井盖松动")])
    assert (found("路灯"), found("井盖")) == (set(), {"A"})


@pytest.mark.django_db
def test_very_long_text_is_stored_and_found_by_its_beginning() -> None:
    put("水管漏水，" + "".join(chr(0x4E00 + n) for n in range(20_000)) + "ж" * 90_000)
    assert found("漏水") == {"A"}


@pytest.mark.django_db
def test_matching_reads_the_index() -> None:
    search.index_many(Document(KIND, f"N{n}", NOON, f"路灯 {n}") for n in range(500))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # so few rows are read faster without it: forbid that
            cursor.execute("SELECT gin_clean_pending_list('core_searchdocument_gin')")
            cursor.execute("ANALYZE core_searchdocument; SET LOCAL enable_seqscan = off")
    index = "core_searchdocument_gin" if connection.vendor == "postgresql" else "VIRTUAL TABLE INDEX"
    assert index in search.matching(KIND, "499").explain()


# Within areas ---------------------------------------------------------------------------------------------

CODES = ("990001100", "990001100005", "990001100005001", "990001100005002", "990001100009", "990001200005001")
SCOPES = st.lists(st.sampled_from((*CODES, "990001200", "990001", "990001100007")), min_size=1, max_size=3)


@pytest.mark.django_db
@on_the_database
@given(SCOPES)
def test_matching_within_a_scope_is_what_lies_there(codes: list[str]) -> None:
    for code in CODES:
        search.index(KIND, code, at=NOON, text="厨房漏水", area=code)
    scope = Scope.of(codes)
    inside = {code for code in CODES if code in scope}
    whole_county = "990001" in scope.codes

    found = set(search.matching(KIND, "漏水", scope))

    assert found == (set(CODES) if whole_county else inside)
    assert set(search.matching(KIND, "漏水", EVERYWHERE)) == set(CODES)


@pytest.fixture
def lamp(db: None) -> Any:
    return factories.category()


@on_the_database
@given(st.lists(anything, max_size=4), anything)
def test_many_hits_are_told_apart_as_few_are(places: Any, lamp: Any, texts: list[str], wanted: str) -> None:
    area = places.east_1
    made = [factories.request(area, lamp) for _text in texts]
    for request, text in zip(made, texts, strict=True):
        search.index("requests.request", request.code, at=NOON, text=text, area=area.code)
    rows = Request.objects.filter(code__in=[request.code for request in made])
    assume(search.query(wanted))

    few = search.narrowed(rows, "requests.request", wanted)
    with patch.object(search, "FEW", -1):
        many = search.narrowed(rows, "requests.request", wanted)

    assert (few[1], many[1]) == (True, False)
    assert set(few[0]) == set(many[0])
