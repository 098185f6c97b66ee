"""The guides' pages: all that one needs without scripts, the matching request, and what is an example."""

import html
import re
from datetime import date

import pytest

from shiliu.core import links
from shiliu.core.areas import EVERYWHERE
from shiliu.core.figures import FIGURES, Over, Period
from tests import factories
from tests.factories import DAY, LONG_AGO

ENGLISH = {"accept-language": "en"}


def main(response) -> str:
    text = html.unescape(response.content.decode())
    return re.sub(r"\s+", " ", text.split("<main")[1].split("</main>")[0])


def plain(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main(response)))


@pytest.fixture
def guide(places):
    unit = factories.unit(places.town, name="民生办")
    return factories.guide(
        places.town,
        code="G",
        unit=unit,
        hours="周一至周五",
        papers="身份证\n\n 户口簿 ",
        takes="20天",
        place="一楼",
    )


def test_page_says_all_that_one_needs(client, guide):
    shown = plain(client.get("/learning/guides/G/", headers=ENGLISH))
    for words in (
        "每月一份补贴。",
        "民生办",
        "周一至周五",
        "一楼",
        "20天",
        "身份证",
        "户口簿",
        "测试规定",
        "2023-05-10",
    ):
        assert words in shown
    assert "This is an example" not in shown


def test_questions_and_outcomes_are_all_there_to_read(client, guide):
    shown = plain(client.get("/learning/guides/G/", headers=ENGLISH))
    assert "Question 1 满80岁了吗？ 是 → result A 否 → result B" in shown
    assert "Result A You are probably entitled 年龄够了。" in shown
    assert "Result B Probably not 还没有到年龄。" in shown


def test_page_has_no_form_and_no_field_to_answer_in(client, guide):
    shown = main(client.get("/learning/guides/G/"))
    assert not re.search(r"<(form|input|select|textarea)\b", shown)


def test_example_is_marked_in_the_list_and_on_its_page(client, places):
    factories.guide(places.town, code="G", is_example=True)
    assert "This is an example" in main(client.get("/learning/guides/G/", headers=ENGLISH))
    assert "Example" in main(client.get("/learning/guides/", headers=ENGLISH))


def test_guide_of_yesterday_is_not_listed_and_says_so(client, places):
    factories.guide(places.town, code="G", valid_to=LONG_AGO)
    assert client.get("/learning/guides/").context["page"].rows == []
    assert "no longer valid" in main(client.get("/learning/guides/G/", headers=ENGLISH))


def test_editors_words_run_nothing(client, places):
    bad = "<script>alert(1)</script>"
    questions = factories.QUESTIONS.replace("满80岁了吗", bad).replace("年龄够了", bad)
    factories.guide(places.town, code="G", title=bad, gives=bad, papers=bad, questions=questions)
    assert b"<script>alert" not in client.get("/learning/guides/G/").content


# The matching request -------------------------------------------------------------------------------------


def ways(client) -> set[str]:
    return set(re.findall(r'href="(/ask/[^"]*)"', main(client.get("/learning/guides/G/"))))


def test_button_starts_the_matching_request_with_its_category_and_nothing_else(client, guide):
    factories.category(code="elderly")
    type(guide).objects.update(category="elderly")
    assert ways(client) == {"/ask/?category=elderly"}
    assert client.get("/ask/?category=elderly").status_code == 200


@pytest.mark.parametrize("category", ["", "gone", "withdrawn"])
def test_button_asks_without_a_category_where_there_is_none_to_ask_for(client, guide, category):
    factories.category(code="withdrawn", is_offered=False)
    type(guide).objects.update(category=category)
    assert ways(client) == {"/ask/"}


def test_category_is_linked_where_it_can_be_asked_for(places):
    factories.category(code="a b", name="路灯")
    found = links.resolve("requests.category", "a b", None)
    assert (found.label, found.url) == ("路灯", "/ask/?category=a+b")


# Counted --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "make"), [("learning.resources", "resource"), ("learning.guides", "guide")])
def test_figure_is_what_there_is_on_the_last_day(places, key, make):
    for since, until in [(LONG_AGO, None), (LONG_AGO, DAY), (DAY, None), (date(2023, 7, 1), None)]:
        getattr(factories, make)(places.east, valid_from=since, valid_to=until)
    over = Over(Period(date(2023, 1, 1), date(2023, 6, 30)), EVERYWHERE)
    assert FIGURES[key].at(over).value == 2
    assert FIGURES[key].rows(over).count() == 2
