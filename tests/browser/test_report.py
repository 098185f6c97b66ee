"""Residents and staff read the report: its figures are the account's, and each opens its records."""

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser import addresses
from tests.browser.conftest import DESK, Visitor, Windows, follow

pytestmark = pytest.mark.browser

ACCOUNT = tomllib.loads(
    (Path(__file__).parents[1] / "figures" / "kunhe-2023h1.toml").read_text("utf-8"), parse_float=Decimal
)["figures"]
REPORT = "/report/2023H1/"
TOWN = "150203100"


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def figure(page: Page, key: str) -> Decimal:
    return number(page.locator(f"[data-figure='{key}']").inner_text())


def agrees(value: Decimal, claim: dict) -> bool:
    return value > claim["value"] if claim.get("more_than") else value == claim["value"]


def records_told(page: Page) -> int:
    """How many records the page says there are."""
    return int(number(re.sub(r"[^\d,]", "", page.locator(".value small").inner_text())))


def cells(page: Page) -> Iterator[list[str]]:
    """The cells of every row of the records, over all pages of them."""
    while True:
        rows = "rows => rows.map(row => Array.from(row.cells, cell => cell.innerText))"
        yield from page.locator("tbody tr").evaluate_all(rows)
        if not page.locator("a[rel=next]").count():
            return
        follow(page, "a[rel=next]")


def columns(page: Page) -> int:
    return page.locator("thead th").count()


def test_report_shows_the_account(resident: Visitor):
    page = resident(REPORT)

    shown = {key: figure(page, key) for key in ACCOUNT}

    assert [key for key, claim in ACCOUNT.items() if not agrees(shown[key], claim)] == []


def test_each_figure_opens_its_records(visit: Windows):
    page = visit(REPORT, script=False)
    for key, claim in ACCOUNT.items():
        follow(page, f"[id='{key}'] a")
        assert urlsplit(page.url).path == f"{REPORT}{key}/"
        assert agrees(figure(page, key), claim), key
        assert page.locator("tbody tr").count() == min(records_told(page), 50), key
        follow(page, ".crumbs a")
        assert urlsplit(page.url).path == REPORT


def test_resident_pages_through_to_the_last_record(visit: Windows):
    page = visit(addresses.records_of("channel.reads"), script=False)
    told, reads = records_told(page), figure(page, "channel.reads")

    rows = list(cells(page))

    assert len(rows) == told > 50
    assert sum(number(row[-1]) for row in rows) == reads == ACCOUNT["channel.reads"]["value"]


def test_coordinator_pages_through_every_request(visit: Windows):
    page = visit(addresses.records_of("requests.received"), by="coord-town", width=DESK)
    told = records_told(page)

    codes = [row[0] for row in cells(page)]

    assert len(codes) == len(set(codes)) == told == figure(page, "requests.received")


def test_resident_is_told_that_some_requests_are_not_listed(visit: Windows):
    page = visit(addresses.records_of("requests.received"))
    assert page.locator(".notice").is_visible()
    secret = {row["code"] for row in addresses.rows("categories") if row["is_public"] == "false"}
    hidden = {row["code"] for row in addresses.rows("requests") if row["category"] in secret}

    codes = {row[0] for row in cells(page)}

    assert 0 < len(codes) < figure(page, "requests.received")
    assert hidden
    assert not codes & hidden


def test_area_changes_the_figures_and_back(resident: Visitor):
    page = resident(REPORT)
    whole = {key: figure(page, key) for key in ("volunteers.teams", "requests.received", "grid.grids")}

    page.locator("[name=area]").select_option(addresses.COMMUNITY)
    follow(page, "form.inline button")
    for key, value in whole.items():
        assert 0 < figure(page, key) < value
    follow(page, "[id='volunteers.teams'] a")
    assert figure(page, "volunteers.teams") == records_told(page) < whole["volunteers.teams"]
    follow(page, ".crumbs a")
    page.locator("[name=area]").select_option(TOWN)
    follow(page, "form.inline button")

    assert {key: figure(page, key) for key in whole} == whole


def test_language_keeps_the_page(resident: Visitor):
    path = f"{REPORT}?area={addresses.COMMUNITY}"
    page = resident(path)
    chinese = page.locator("h2").all_inner_texts()

    for language, other in (("en", "zh-hans"), ("zh-hans", "en")):
        follow(page, "button[name=language]")
        assert page.url.endswith(path)
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("button[name=language]").get_attribute("value") == other
        if language == "en":
            assert page.locator("h2").all_inner_texts() == ["One main line", "Two platforms", "Three modes"]

    assert page.locator("h2").all_inner_texts() == chinese


def test_public_pages_name_no_resident(visit: Windows):
    requests, payments = addresses.rows("requests"), addresses.rows("payments")
    private = {row["recipient"] for row in payments}
    private |= {row[name] for row in requests for name in ("contact_name", "contact_phone", "words")}
    private |= {row[name] for row in addresses.rows("volunteers") for name in ("name", "phone")}
    private.discard("")
    assert len(private) > 1000
    page = visit("about:blank")

    for path in addresses.public_paths():
        text = page.request.get(path).text()
        assert not re.search(r"(?<!\d)1\d{10}(?!\d)", text), path
        assert [word for word in private if word in text] == [], path


def test_staff_see_more_columns(visit: Windows):
    requests, payments = (addresses.records_of(key) for key in ("requests.received", "aid.paid"))
    public = columns(visit(requests)), columns(visit(payments))

    assert columns(visit(requests, by="coord-town")) > public[0]
    assert columns(visit(payments, by="coord-town")) == public[1]  # aid is not for coordinators
    assert columns(visit(payments, by="aid-officer")) > public[1]


def test_few_persons_are_not_shown_to_the_public(visit: Windows):
    path = f"{addresses.records_of('aid.paid')}?area={addresses.COMMUNITY}"
    public, officer = visit(path), visit(path, by="aid-officer")

    assert public.locator("[data-figure], table").count() == 0
    assert public.locator(".notice").is_visible()
    assert 0 < figure(officer, "aid.paid") < ACCOUNT["aid.paid"]["value"]
    assert 0 < officer.locator("tbody tr").count() < 5
    overview = visit(f"{REPORT}?area={addresses.COMMUNITY}")
    assert overview.locator("[id='aid.paid']").count() == 1
    assert overview.locator("[data-figure='aid.paid']").count() == 0
