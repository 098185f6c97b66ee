"""Articles in the scripts of their readers, as they are drawn: where letters and lines stand, and that no
letter is an empty box. The text is Article 1 of the Universal Declaration of Human Rights in seven languages.
"""

import csv
import json
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, REPOSITORY, Site, Windows, shiliu
from tests.browser.test_every_page import violations, wider_than_the_window
from tests.helpers import wait_for

pytestmark = pytest.mark.browser

TEXTS: dict[str, str] = json.loads((REPOSITORY / "tests/data/udhr-article-1.json").read_text("utf-8"))["text"]
COLUMN = "/channel/grass-roots/"
COLUMNS = ("code", "column", "area", "title", "published_on", "summary", "language", "original", "body")
# The boxes of a run of letters of the first paragraph, in its own order.
LETTERS = """([selector, first, count]) => {
    const node = document.createTreeWalker(document.querySelector(selector), NodeFilter.SHOW_TEXT).nextNode();
    const boxes = [];
    for (let at = first; at < Math.min(first + count, node.length); at++) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const box = range.getBoundingClientRect();
        if (box.width * box.height) boxes.push([box.x, box.y, box.width, box.height]);
    }
    return boxes;
}"""
PARAGRAPH = ".article .body p"


def path(language: str) -> str:
    return f"{COLUMN}udhr-{language.lower()}/"


@pytest.fixture(scope="module")
def in_seven(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One article of the site in seven languages, read in as a township reads its own in."""
    folder = Path(tmp_path_factory.mktemp("languages"))
    with (folder / "articles.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for language, text in sorted(TEXTS.items(), key=lambda it: it[0] != "zh-Hans"):
            title = " ".join(text.split(" ")[:4])[:60]
            original = "" if language == "zh-Hans" else "udhr-zh-hans"
            where = (f"udhr-{language.lower()}", "grass-roots", "150203100", title, "2024-01-10")
            writer.writerow([*where, text, language, original, "\n\n".join([text] * 4)])
    shiliu(site.data, "import", str(folder))


@pytest.fixture
def read(in_seven: None, visit: Windows) -> Windows:
    return visit


def letters(page: Page, selector: str = PARAGRAPH, first: int = 0, count: int = 400) -> list[list[float]]:
    page.evaluate("document.fonts.ready.then(() => true)")
    return page.evaluate(LETTERS, [selector, first, count])


def lines_downwards(boxes: list[list[float]]) -> bool:
    """The first line's letters stand one below the other, and the second begins right of it, at its top."""
    x, y, wide, _high = boxes[0]
    line = [box[1] for box in boxes if abs(box[0] - x) < wide / 2]
    second = [box[1] for box in boxes if box[0] > x + wide / 2]
    if min(len(line), len(second)) < 15:
        return False
    return line == sorted(line) and line[-1] > y + 300 and abs(min(second) - y) < 2


def leftwards(boxes: list[list[float]]) -> bool:
    starts = [box[0] for box in boxes]
    return starts == sorted(starts, reverse=True) and starts[0] > starts[-1] + 20


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_mongolian_runs_downwards_and_its_lines_to_the_right(read: Windows, width: int):
    assert lines_downwards(letters(read(path("mn-Mong"), width=width)))


def test_what_runs_otherwise_is_noticed(read: Windows):
    page = read(path("mn-Mong"), width=DESK)
    page.locator(".text").evaluate("it => { it.style.writingMode = 'horizontal-tb'; }")
    assert not lines_downwards(letters(page))
    page.locator(".text").evaluate("it => { it.style.writingMode = 'vertical-rl'; }")
    assert not lines_downwards(letters(page))
    assert not leftwards(letters(read(path("kk"), width=DESK), count=12))


def test_mongolian_heading_and_paragraphs_stand_side_by_side(read: Windows):
    page = read(path("mn-Mong"), width=DESK)
    boxes = [page.locator(it).first.bounding_box() for it in (".text h1", ".text .summary", PARAGRAPH)]
    for left, right in pairwise(boxes):
        assert left["x"] + left["width"] <= right["x"]


@pytest.mark.parametrize(("width", "large"), [(320, False), (PHONE, False), (PHONE, True), (DESK, False)])
def test_long_mongolian_text_is_scrolled_in_its_own_box(read: Windows, width: int, large: bool):
    page = read(path("mn-Mong"), width=width, large=large)
    assert wider_than_the_window(page) == 0
    box = page.locator(".text")
    inner, outer = box.evaluate("it => [it.scrollWidth, it.clientWidth]")
    assert box.evaluate("it => it.scrollHeight <= it.clientHeight + 1")
    if width < DESK:
        assert inner > outer * 1.2
        box.focus()
        page.keyboard.press("ArrowRight")
        wait_for(lambda: box.evaluate("it => it.scrollLeft > 20"), 10)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_uyghur_runs_from_right_to_left(read: Windows, width: int):
    page = read(path("ug"), width=width)
    boxes = letters(page, count=12)
    assert leftwards(boxes)
    first = boxes[0]
    block = page.locator(PARAGRAPH).first.bounding_box()
    assert first[0] + first[2] == pytest.approx(block["x"] + block["width"], abs=2)
    summary = page.locator(".summary").evaluate("it => getComputedStyle(it).borderRightWidth")
    assert summary == "3px"


@pytest.mark.parametrize("language", sorted({*TEXTS} - {"ug", "mn-Mong"}))
def test_the_others_run_from_left_to_right(read: Windows, language: str):
    boxes = letters(read(path(language), width=DESK), count=8)
    assert [box[0] for box in boxes] == sorted(box[0] for box in boxes)
    assert {box[1] for box in boxes if box[1] > boxes[0][1] + 5} == set()


# Letters ----------------------------------------------------------------------------------------------------


def drawn(page: Page, text: str) -> Image.Image:
    """How a word of the article's text looks, alone."""
    page.evaluate(
        """text => {
            const it = document.querySelector('.text .body');
            it.replaceChildren(Object.assign(document.createElement('p'), {textContent: text}));
        }""",
        text,
    )
    page.evaluate("document.fonts.ready.then(() => true)")
    picture = page.locator(".text .body p").screenshot()
    return Image.open(BytesIO(picture)).convert("L")


def alike(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one, other).getbbox() is None


# Letters that look different in every font, if there is one for them; an empty box looks the same for each.
PAIRS = {"mn-Mong": "ᠮᠰ", "ug": "ھۇ", "bo": "བམ", "kk": "қә", "ko": "한국", "zh-Hans": "人由"}


@pytest.mark.parametrize("language", [pytest.param(it) for it in ("mn-Mong", "ug", "kk", "zh-Hans")])
def test_letters_are_drawn_and_not_empty_boxes(read: Windows, language: str):
    page = read(path(language), width=PHONE)
    one, other = PAIRS[language]
    assert not alike(drawn(page, one), drawn(page, other))
    # Nobody has a letter for these two: what an empty box looks like here.
    box, same = drawn(page, "\U000effff"), drawn(page, "\U000efffe")
    assert not alike(drawn(page, one), box)
    assert alike(box, same)


def test_mongolian_letters_join(read: Windows):
    """A word is shorter than its letters one by one would be: the font's own shaping is at work."""
    page = read(path("mn-Mong"), width=PHONE)
    word = "ᠮᠣᠩᠭᠣᠯ"
    lengths = page.evaluate(
        """word => {
            const measure = document.createElement('span');
            document.querySelector('.text .body p').append(measure);
            const high = text => {
                measure.textContent = text;
                return measure.getBoundingClientRect().height;
            };
            return [high(word), [...word].map(high).reduce((sum, each) => sum + each)];
        }""",
        word,
    )
    assert 0 < lengths[0] < lengths[1] * 0.95


def test_font_is_fetched_where_there_are_such_letters_and_nowhere_else(read: Windows):
    asked: list[str] = []
    page = read("about:blank")
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/channel/from-above/")
    letters(page, "main h1")
    assert not [url for url in asked if "woff2" in url]
    page.goto(path("mn-Mong"))
    letters(page)
    assert len([url for url in asked if "noto-sans-mongolian" in url]) == 1
    assert page.evaluate("document.fonts.check('16px \"Noto Sans Mongolian\"', 'ᠮ')")


# The pages --------------------------------------------------------------------------------------------------


def test_choice_is_kept_from_the_article_to_the_list(read: Windows):
    page = read(path("zh-Hans"), width=PHONE, script=False)
    with page.expect_navigation():
        page.locator(".article .languages a[hreflang=ug]").click()
    assert page.url.endswith(path("ug"))
    page.goto(COLUMN)
    assert page.locator(".articles a[lang=ug]").count() == 1
    assert page.locator(f".articles a[href='{path('zh-Hans')}']").count() == 0
    with page.expect_navigation():
        page.locator(".languages a[hreflang=zh-Hans]").click()
    assert page.locator(".articles a[lang=ug]").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["mn-Mong", "ug"])
def test_pages_are_accessible_and_narrow(read: Windows, language: str, scheme: str):
    page = read("about:blank", width=320)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"/reading/{language}/?next={path(language)}")
    for address in (path(language), COLUMN, "/channel/", "/"):
        page.goto(address)
        assert wider_than_the_window(page) == 0, address
        assert violations(page) == [], address


def test_a_screen_reader_reads_in_order(read: Windows):
    page = read(path("ug"), width=DESK)
    heads = page.locator("main :is(h1, h2, h3)").evaluate_all("all => all.map(it => it.localName)")
    assert heads[0] == "h1"
    assert heads.count("h1") == 1
    said = page.locator("main").inner_text()
    places = [said.index(part) for part in ("2024-01-10", "中文", TEXTS["ug"][:5])]
    assert places == sorted(places)
    for each in page.locator("main .languages a").all():
        assert each.get_attribute("lang") == each.get_attribute("hreflang")


def test_printed_article_has_the_text_and_its_address_and_nothing_to_press(read: Windows):
    page = read(path("ug"), width=DESK)
    page.emulate_media(media="print")
    for hidden in (".site-nav", ".site-footer", ".article .languages", ".tools"):
        assert not page.locator(hidden).is_visible(), hidden
    printed = page.locator("p.print-only")
    assert printed.is_visible()
    assert path("ug") in printed.inner_text()


def test_data_block_breaks_no_policy(read: Windows):
    page = read(path("en"), width=DESK)
    data = json.loads(page.locator("script[type='application/ld+json']").text_content())
    assert data["inLanguage"] == "en"
    assert data["description"] == TEXTS["en"]
