"""A leader writes a paragraph and signs a report; everybody reads what was signed. Works without script."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser import addresses
from tests.browser.conftest import DESK, PHONE, Windows, follow
from tests.browser.test_every_page import NARROW, violations, wider_than_the_window

pytestmark = pytest.mark.browser
OF = f"?area={addresses.COMMUNITY}"
REPORT = f"/report/2022H2/{OF}"  # no other test looks at it


def look(page, path: str) -> None:
    for width in (NARROW, DESK):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.goto(path).status == 200, path
        assert wider_than_the_window(page) == 0, (path, width)
        assert violations(page) == [], (path, width)


def test_leader_writes_and_signs_and_everybody_reads(visit: Windows, tmp_path: Path):
    page = visit(REPORT, by="leader", width=PHONE, script=False)
    follow(page, "#part-main_line ~ p a[href*='/words/main_line/']")
    page.locator("textarea").fill("本期召开会议")
    follow(page, "button[name=add][value='{plan.meetings}']")
    assert page.locator("textarea").input_value() == "本期召开会议{plan.meetings}"
    follow(page, "button[name=add][value='{plan.meetings:frozen}']")
    follow(page, "button[name=store]")
    assert urlsplit(page.url).path == "/report/2022H2/"
    assert "截至" in page.locator("#part-main_line + p").inner_text()

    follow(page, "a[href*='/sign/']")
    follow(page, "form[method=post][action*='area='] button")
    signed = urlsplit(page.url).path
    assert signed.startswith("/report/signed/")
    while again := page.get_by_role("link", name="刷新查看").all():  # until the worker has come to it
        page.wait_for_timeout(200)
        with page.expect_navigation():
            again[0].click()
    key = page.locator("code.print").inner_text()
    assert page.locator(".notice.good", has_text="签发之后没有变化").count() == 1

    everybody = visit(REPORT)
    assert key in everybody.locator("#signings ~ ul").inner_text()
    for path in (signed, f"{signed}plan.meetings/", f"{signed}plan.meetings/2022-09-01/", REPORT):
        look(everybody, path)
    look(visit(REPORT, by="leader", language="en"), f"{signed}plan.meetings/2022-09-01/")

    content = everybody.request.get(f"{signed}file/json/").body()
    (tmp_path / "x.json").write_bytes(content)
    assert json.loads(content)["statement"]["key"] == key
    done = subprocess.run([sys.executable, "-m", "shiliu", "report", "verify", tmp_path / "x.json"])
    assert done.returncode == 0


def test_page_turns_into_the_signed_report_by_itself(visit: Windows):
    page = visit(f"/report/2022H1/sign/{OF}", by="leader", width=PHONE)
    assert violations(page) == []
    follow(page, "form[method=post][action*='area='] button")
    page.locator("h1", has_text="已签发的报告").wait_for()
    assert page.locator("code.print").count() == 1
