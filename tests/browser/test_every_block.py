"""An article that holds everything an editor can put into one, as readers have it on screens and on paper."""

import pytest
from playwright.sync_api import Page

from tests.browser import every_block
from tests.browser.conftest import DESK, PHONE, Site, Windows, shiliu
from tests.browser.test_every_page import COLOURS, NARROW, RULES, SIZES, violations, wider_than_the_window
from tests.helpers import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def article(site: Site) -> str:
    """Its address."""
    program = "from tests.browser.every_block import make; make()"
    shiliu(site.data, "shell", "--no-imports", "--command", program)
    return every_block.PATH


def look(page: Page, path: str, width: int, rules: list[str]) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(path)
    assert page.locator(".article .block, .article .body > *").count() >= 16, path
    assert wider_than_the_window(page) == 0, (path, width)
    assert violations(page, rules) == [], (path, width)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_block_is_accessible(article: str, visit: Windows, language: str, scheme: str):
    page = visit("about:blank", language=language)
    page.emulate_media(color_scheme=scheme)
    whole = RULES if scheme == "light" else COLOURS
    look(page, article, NARROW, whole)
    look(page, article, PHONE, COLOURS if scheme == "dark" else SIZES)
    look(page, every_block.IN_ENGLISH, DESK, whole)


def test_every_block_is_accessible_in_large_type_without_script_and_in_print(article: str, visit: Windows):
    page = visit("about:blank", large=True)
    for width in (NARROW, DESK):
        look(page, article, width, COLOURS + SIZES)
    page.emulate_media(media="print")
    look(page, article, 794, COLOURS)  # A4


def test_everything_is_there_without_script(article: str, visit: Windows):
    page = visit(article, width=NARROW, script=False)
    assert wider_than_the_window(page) == 0
    text = page.locator(".article")
    for name, number in {
        ".rich :is(h2, h3, ul, ol, hr, a, b, i)": 8,
        ".picture img[alt]": 1,
        ".gallery img[alt]": 5,
        ".quotation blockquote": 1,
        ".sheet table th": 5,
        ".recording audio[controls]": 1,
        ".recording video[controls]": 1,
        ".attachment a[download]": 1,
        "aside.card .entry-label": 6,
        ".article-foot .corrections li": 2,
        ".languages a": 2,
        ".article-foot a[rel=nofollow]": 1,
    }.items():
        assert text.locator(name).count() == number, name
    assert text.locator("img").evaluate_all("all => all.every(it => it.alt)")
    words = page.locator(".recording details").first
    assert not words.locator("p").first.is_visible()
    words.locator("summary").click()
    assert words.locator("p").first.is_visible()
    boxes = [each.bounding_box() for each in page.locator(".sheet, .gallery li, aside.card").all()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= NARROW for box in boxes)


def test_film_can_be_played_and_files_are_saved(article: str, visit: Windows):
    page = visit(article, width=DESK)
    film = page.locator("video")
    film.scroll_into_view_if_needed()
    wait_for(lambda: film.evaluate("it => it.readyState > 0 && it.videoWidth > 0"), 10)
    with page.expect_download() as saved:
        page.locator(".attachment a").click()
    assert saved.value.suggested_filename.endswith(".pdf")


def test_on_paper_stands_what_is_said_in_recordings(article: str, visit: Windows):
    page = visit(article, width=794)
    page.emulate_media(media="print")
    assert not page.locator("video").is_visible()
    assert page.locator(".recording details p").first.bounding_box()["height"] > 0
    assert page.locator(".sheet").evaluate("it => it.scrollWidth <= it.clientWidth + 1")


def test_a_wide_table_is_scrolled_by_keyboard_in_its_own_box(article: str, visit: Windows):
    page = visit(article, width=NARROW)
    sheet = page.locator(".sheet")
    assert sheet.evaluate("it => it.scrollWidth > it.clientWidth")
    sheet.focus()
    page.keyboard.press("ArrowRight")
    wait_for(lambda: sheet.evaluate("it => it.scrollLeft > 10"), 10)
