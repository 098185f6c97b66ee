"""Guides and the library in use: what is answered stays in the page, what is kept needs no network."""

import json
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Page, expect

from shiliu.learning import reading, tree
from tests.browser.conftest import PHONE, Windows
from tests.browser.test_every_page import NARROW, violations, wider_than_the_window
from tests.learning.test_tree import drawn_trees

pytestmark = pytest.mark.browser

GUIDES = ["GD1", "GD2", "GD3"]
STORED = """async () => ({
  local: localStorage.length, session: sessionStorage.length,
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  history: history.length, state: history.state, address: location.href, cookie: document.cookie,
})"""
# Every way through the tree that the page holds, walked by the page's own module.
WALKED = """async ({ module, html }) => {
  const { read, walk } = await import(module);
  const place = document.createElement("div");
  place.innerHTML = html;
  const tree = read(place.firstElementChild);
  const found = [], waiting = [[]];
  while (waiting.length) {
    const choices = waiting.pop(), at = walk(tree, choices);
    if (tree.questions.has(at)) tree.questions.get(at).forEach((_to, n) => waiting.push([...choices, n]));
    else found.push([choices, at]);
  }
  return found;
}"""
# What stands by itself, as in a list; not a word in a sentence, nor a seed of the map, whose list is below.
TOO_SMALL = """() => [...document.querySelectorAll(
    "main :is(button, select, input:not([type=hidden]), summary, .button, li > a, .map-link, .on a)")]
  .map(one => [one.textContent.trim().slice(0, 30), one.getBoundingClientRect()])
  .filter(([_words, box]) => box.width > 0 && (box.height < 44 || box.width < 44))
  .map(([words, box]) => [words, Math.round(box.width), Math.round(box.height)])"""
MODULE = "/static/learning/guide.js"


def shown(page: Page) -> Any:
    return page.locator("[data-question]:visible, [data-outcome]:visible")


def the_tree(page: Page) -> dict[str, list[str]]:
    """What leads where, as the page has it."""
    return page.eval_on_selector_all(
        "[data-question]",
        "all => Object.fromEntries(all.map(one => [one.dataset.question,"
        " [...one.querySelectorAll('[data-to]')].map(way => way.dataset.to)]))",
    )


def ways(tree_of_page: dict[str, list[str]]) -> list[tuple[list[int], str]]:
    first = next(iter(tree_of_page))
    waiting: list[tuple[list[int], str]] = [([], first)]
    found = []
    while waiting:
        choices, at = waiting.pop()
        if at in tree_of_page:
            waiting += [([*choices, n], to) for n, to in enumerate(tree_of_page[at])]
        else:
            found.append((choices, at))
    return found


# Answering ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", GUIDES)
def test_every_way_through_a_guide_ends_in_its_result_and_leaves_no_trace(visit: Windows, code: str):
    page = visit(f"/learning/guides/{code}/")
    page.wait_for_selector(".guide.stepwise")
    before = page.evaluate(STORED)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    every = ways(the_tree(page))
    assert len(every) >= 5
    for choices, end in every:
        for choice in choices:
            assert shown(page).count() == 1
            page.locator("[data-question]:visible button").nth(choice).click()
        expect(page.locator(f"[data-outcome='{end}']")).to_be_visible()
        assert shown(page).count() == 1
        assert page.evaluate("document.activeElement.closest('[data-outcome]')?.dataset.outcome") == end
        page.locator("[data-again]").click()

    assert asked == []
    assert page.evaluate(STORED) == before
    assert before["local"] == before["session"] == before["databases"] == before["caches"] == 0
    assert before["workers"] == 0


def test_guide_is_answered_without_network(visit: Windows):
    page = visit("/learning/guides/GD3/")
    page.wait_for_selector(".guide.stepwise")
    page.context.set_offline(True)
    for _step in range(3):
        page.locator("[data-question]:visible button").first.click()
    expect(page.locator("[data-verdict=likely]:visible")).to_have_count(1)


def test_one_goes_back_a_question_and_begins_again(visit: Windows):
    page = visit("/learning/guides/GD3/")
    back, again = page.locator("[data-back]"), page.locator("[data-again]")
    expect(back).to_be_hidden()
    first = page.locator("[data-question]:visible").get_attribute("data-question")
    page.locator("[data-question]:visible button").first.click()
    second = page.locator("[data-question]:visible").get_attribute("data-question")
    page.locator("[data-question]:visible button").first.click()
    back.click()
    assert page.locator("[data-question]:visible").get_attribute("data-question") == second
    again.click()
    assert page.locator("[data-question]:visible").get_attribute("data-question") == first
    expect(back).to_be_hidden()


def test_keyboard_answers_and_hears_the_next_question(visit: Windows):
    page = visit("/learning/guides/GD3/")
    page.locator("[data-question]:visible button").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "H3"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "H3"
    assert shown(page).count() == 1


def test_whoever_comes_back_to_the_page_finds_the_first_question(visit: Windows):
    page = visit("/learning/guides/GD3/")
    first = page.locator("[data-question]:visible").get_attribute("data-question")
    for _step in range(2):
        page.locator("[data-question]:visible button").first.click()
    page.goto("/learning/")
    page.go_back()
    page.wait_for_selector(".guide.stepwise")
    assert page.locator("[data-question]:visible").get_attribute("data-question") == first


def test_result_leads_to_the_matching_request_with_its_category_alone(visit: Windows):
    page = visit("/learning/guides/GD3/")
    for _step in range(3):
        page.locator("[data-question]:visible button").first.click()
    with page.expect_navigation():
        page.locator("[data-outcome]:visible a.button").click()
    assert page.url.endswith("/ask/?category=elderly")
    assert page.evaluate("document.referrer").endswith("/learning/guides/GD3/")  # without any answer
    carried = page.eval_on_selector_all(
        "main form :is(input, select, textarea)",
        "all => all.filter(one => one.value && one.name !== 'csrfmiddlewaretoken'"
        " && !(['radio', 'checkbox'].includes(one.type) && !one.checked)).map(one => [one.name, one.value])",
    )
    assert [pair for pair in carried if pair[0] != "step"] == [["category", "elderly"]] * 2


@pytest.mark.parametrize("code", GUIDES)
def test_without_scripts_everything_is_there_to_read(visit: Windows, code: str):
    page = visit(f"/learning/guides/{code}/", script=False)
    assert page.locator("[data-question]").count() == page.locator("[data-question]:visible").count() >= 3
    assert page.locator("[data-outcome]").count() == page.locator("[data-outcome]:visible").count() >= 4
    assert page.locator("[data-to] .leads:visible").count() == page.locator("[data-to]").count()
    assert page.locator(".guide button:visible, main form").count() == 0


# The page's walk and the one it was checked by ------------------------------------------------------------


def test_page_walks_as_the_reference_does(visit: Windows):
    page = visit("/learning/guides/GD1/")

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
    @given(drawn_trees())
    def same(drawn: Any) -> None:
        read = tree.read(drawn.text)
        context = {"asked": list(reading.asked(read, "zh-Hans")), "ends": reading.ends(read), "ask": "/ask/"}
        html = render_to_string("learning/_tree.html", context | {"lang": "zh-Hans", "direction": "ltr"})
        walked = page.evaluate(WALKED, {"module": MODULE, "html": html.strip()})
        expected = [[list(choices), end.name] for choices, end in read.paths()]
        assert sorted(map(json.dumps, walked)) == sorted(map(json.dumps, expected))

    same()


# Accessible at every step ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "light"), ("en", "dark")])
def test_results_are_accessible_and_narrow(visit: Windows, language: Any, scheme: Any):
    page = visit("about:blank", width=NARROW, language=language)
    page.emulate_media(color_scheme=scheme)
    for code in GUIDES:
        page.goto(f"/learning/guides/{code}/")
        page.wait_for_selector(".guide.stepwise")
        for choices, _end in ways(the_tree(page)):
            for choice in choices:
                page.locator("[data-question]:visible button").nth(choice).click()
            assert wider_than_the_window(page) == 0, (code, choices)
            page.locator("[data-again]").click()
        page.locator("[data-question]:visible button").last.click()
        assert violations(page) == [], code
        while page.locator("[data-question]:visible").count():
            page.locator("[data-question]:visible button").last.click()
        assert violations(page) == [], code


# The library ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False])
def test_library_is_searched_and_narrowed_to_a_text(visit: Windows, script: bool):
    page = visit("/learning/", script=script)
    page.locator("#wanted-q").fill("消防")
    page.locator(".narrowing summary").click()
    page.locator("#wanted-language").select_option("zh-Hans")
    with page.expect_navigation():
        page.locator(".narrowing .finder button").click()
    assert page.locator("#wanted-language").is_visible()  # what narrows is not hidden
    links = page.locator("main .cards a")
    assert [each.get_attribute("href") for each in links.all()] == ["/learning/resources/K01/"]
    with page.expect_navigation():
        links.first.click()
    assert page.locator(".own-text p").count() > 3


def test_text_that_was_kept_opens_without_network(visit: Windows, tmp_path: Path):
    page = visit("/learning/resources/K01/")
    with page.expect_download() as waiting:
        page.locator("a[href='/learning/text/K01/']").click()
    kept = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(kept)
    assert kept.name == "家里的消防安全：五件事.html"
    words = page.locator(".own-text").inner_text()

    context = visit.browser.new_context(
        offline=True, viewport={"width": NARROW, "height": 800}, locale="zh-CN"
    )
    visit.closing.callback(context.close)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    reader = context.new_page()
    reader.goto(kept.as_uri())
    assert words in reader.locator("main").inner_text()
    assert reader.locator("h1").inner_text() == "家里的消防安全：五件事"
    assert wider_than_the_window(reader) == 0
    assert reader.locator("html").get_attribute("lang") == "zh-Hans"
    assert [url for url in asked if not url.startswith("file:")] == []
    assert Axe().run(reader, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"] == []


@pytest.mark.parametrize("script", [True, False])
def test_topic_is_chosen_by_one_tap(visit: Windows, script: bool):
    page = visit("/learning/", script=script)
    with page.expect_navigation():
        page.locator(".topics a", has_text="健康").click()
    links = page.locator("main .cards a")
    assert [each.get_attribute("href") for each in links.all()] == ["/learning/resources/K05/"]
    with page.expect_navigation():
        page.locator(".topics [aria-current]").click()
    assert links.count() > 5


@pytest.mark.parametrize(("width", "large"), [(PHONE, False), (NARROW, True)])
def test_what_one_taps_is_as_large_as_a_finger(visit: Windows, width: int, large: bool):
    page = visit("about:blank", width=width, large=large)
    for path in (
        "/",
        "/channel/",
        "/learning/",
        "/learning/resources/K01/",
        "/learning/guides/",
        "/search/",
        "/search/?q=医保",
    ):
        page.goto(path)
        assert page.evaluate(TOO_SMALL) == [], path
