"""What holds for each page: accessible, narrow enough, light enough, asking no other host, strict policy."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser import addresses
from tests.browser.conftest import DESK, REPOSITORY, Windows, follow

pytestmark = pytest.mark.browser

NARROW = 320  # WCAG 2.2, 1.4.10: no sideways scroll at this width
HEAVIEST = 100_000  # bytes of a page with everything that it loads
HEAVIEST_OF_STAFF = 200_000  # with htmx
SHEETS = ("tokens", "site", "parts", "forms", "tables", "print")
STYLE = sum(len((REPOSITORY / f"shiliu/web/static/shiliu/{name}.css").read_bytes()) for name in SHEETS)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Other colours, words and sizes make no other markup: of those only what they change is asked again.
COLOURS, SIZES = ["color-contrast"], ["target-size"]


def violations(page: Page, rules: list[str] = RULES) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": rules})
    return [
        f"{each['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]


def wider_than_the_window(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def weight(page: Page, sizes: dict[str, int]) -> int:
    """The bytes of the page and all that it loaded, uncompressed; `sizes` by address, as they are found.

    The browser says what it loaded. It notes that a moment after it has used it, and counts nothing for
    what it had kept from another page: so the sizes are asked of the server.
    """
    page.wait_for_function(
        "[...document.styleSheets].every(it => !it.href || performance.getEntriesByName(it.href).length)"
    )
    loaded = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    for each in {*loaded} - {*sizes}:
        sizes[each] = len(page.request.get(each).body())
    return len(page.content().encode()) + sum(sizes[each] for each in {*loaded})


def test_every_address_has_an_example():
    assert set(addresses.names()) == set(addresses.EXAMPLES) | set(addresses.NO_PAGE)


def test_what_is_wrong_is_found(visit: Windows):
    page = visit("/", width=NARROW)
    page.set_content("<title>x</title><img src='/static/shiliu/mark.svg' width='400'>")

    found = {each.split(":")[0] for each in violations(page)}

    assert {"image-alt", "html-has-lang", "landmark-one-main"} <= found
    assert wider_than_the_window(page) > 0


@pytest.mark.parametrize("by", sorted({address.by for address in addresses.examples()}))
@pytest.mark.parametrize(
    ("language", "scheme", "large", "rules"),
    [
        ("zh-CN", "light", False, RULES),
        ("en", "dark", False, COLOURS),
        ("zh-CN", "light", True, SIZES),
    ],
    ids=["plain", "english and dark", "large"],
)
def test_pages_are_accessible(
    visit: Windows, by: str, language: str, scheme: str, large: bool, rules: list[str]
):
    # Chinese is looked at narrow, English wide.
    page = visit("about:blank", by=by or None, width=NARROW, language=language, large=large)
    page.emulate_media(color_scheme=scheme)
    sizes: dict[str, int] = {}
    for address in [each for each in addresses.examples() if each.by == by]:
        page.set_viewport_size({"width": NARROW, "height": 800})
        assert page.goto(address.path).status == address.status, address
        assert STYLE < weight(page, sizes) <= (HEAVIEST_OF_STAFF if by else HEAVIEST), address
        assert page.locator("html.large").count() == large
        assert page.locator("html").get_attribute("lang") == {"zh-CN": "zh-hans"}.get(language, language)
        assert wider_than_the_window(page) == 0, address
        if language == "en":
            page.set_viewport_size({"width": DESK, "height": 800})
            assert wider_than_the_window(page) == 0, address
        assert violations(page, rules) == [], address


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "dark"), ("en", "light")])
def test_refused_forms_are_accessible(visit: Windows, language: str, scheme: str):
    page = visit("/ask/", width=NARROW, language=language)
    page.emulate_media(color_scheme=scheme)
    for path in (f"/ask/?category=heating&area={addresses.COMMUNITY}", "/r/"):
        page.goto(path)
        follow(page, "main form p.actions button")
        assert page.locator("[role=alert]").is_visible(), path
        assert wider_than_the_window(page) == 0, path
        assert violations(page) == [], path


def test_style_is_light():
    assert STYLE <= 40_000


def test_every_table_and_article_is_light_and_narrow(visit: Windows):
    page = visit("about:blank", width=NARROW)
    sizes: dict[str, int] = {}
    for path in addresses.tables() + addresses.column_pages() + addresses.article_pages():
        assert page.goto(path).status == 200, path
        assert STYLE < weight(page, sizes) <= HEAVIEST, path
        assert wider_than_the_window(page) == 0, path


def test_policy_is_strict(visit: Windows):
    page = visit("about:blank", by="coord-town")
    for address in addresses.examples():
        policy = page.request.get(address.path).headers["content-security-policy"]
        if not address.path.startswith("/admin/"):
            assert re.search(r"default-src 'none'(;|$)", policy), address
            assert "unsafe" not in policy, address


def test_inline_code_does_not_run(visit: Windows):
    page = visit("/")
    page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            document.body.append(script);
        }"""
    )
    assert page.evaluate("window.ran") is None
    [(_where, refusal)] = visit.faults[0].seen
    assert "Content Security Policy" in refusal
    visit.faults[0].seen.clear()
