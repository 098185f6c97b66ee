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


def test_report_shows_the_account(resident: Visitor):
    page = resident(REPORT)

    shown = {key: figure(page, key) for key in ACCOUNT}

    assert [key for key, claim in ACCOUNT.items() if not agrees(shown[key], claim)] == []


def test_each_figure_opens_its_records(visit: Windows):
    page = visit(REPORT, script=False)
    ways = {key: page.locator(f"[id='{key}'] a").get_attribute("href") for key in ACCOUNT}
    for key, claim in ACCOUNT.items():
        page.goto(ways[key])
        assert urlsplit(page.url).path == f"{REPORT}{key}/"
        assert agrees(figure(page, key), claim), key
        assert page.locator("tbody tr").count() == min(records_told(page), 50), key


def test_figure_is_opened_by_a_click_and_left_again(resident: Visitor):
    page = resident(REPORT)

    follow(page, "[id='works.sewer_laid'] a")
    assert figure(page, "works.sewer_laid") == Decimal("7755.42")
    assert page.locator("tbody tr").first.is_visible()
    follow(page, ".crumbs a")

    assert urlsplit(page.url).path == REPORT


def test_resident_pages_through_to_the_last_record(visit: Windows):
    page = visit(addresses.records_of("channel.reads"), script=False)
    told, reads = records_told(page), figure(page, "channel.reads")

    rows = list(cells(page))

    assert len(rows) == told > 50
    assert sum(number(row[-1]) for row in rows) == reads == ACCOUNT["channel.reads"]["value"]


def test_coordinator_sees_every_request_of_an_area_and_residents_the_public_ones(visit: Windows):
    path = f"{addresses.records_of('requests.received')}?area={addresses.COMMUNITY}"
    secret = {row["code"] for row in addresses.rows("categories") if row["is_public"] == "false"}
    secret_codes = {row["code"] for row in addresses.rows("requests") if row["category"] in secret}
    staff, public = visit(path, by="coord-town", width=DESK), visit(path)
    told = records_told(staff)
    assert told == records_told(public) == figure(public, "requests.received") > 50
    assert public.locator(".notice").is_visible()
    assert not staff.locator(".notice").count()

    every, open_ones = [row[0] for row in cells(staff)], [row[0] for row in cells(public)]

    assert len(every) == len(set(every)) == told
    assert set(every) & secret_codes
    assert len(open_ones) == len(set(every) - secret_codes)
    assert not set(open_ones) & set(every)  # a code is the key to its request, and in no public table


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
    def seen(by: str | None) -> list[int]:
        page, shown = visit("about:blank", by=by), []
        for key in ("requests.received", "aid.paid"):
            page.goto(addresses.records_of(key))
            shown.append(page.locator("thead th").count())
        return shown

    requests, payments = seen(None)

    more_requests, same_payments = seen("coord-town")
    assert more_requests > requests
    assert same_payments == payments  # aid is not for coordinators
    assert seen("aid-officer")[1] > payments


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
