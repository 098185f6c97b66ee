"""The pictures of the README, made anew from a running sample: `make pictures`.

Loads the sample into a folder of its own, serves it, lets residents ask for a few everyday things, and
photographs `SHOTS` into docs/pictures. tests/browser/test_pictures.py walks the same ways without a camera.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from tools import chromium  # noqa: E402

PICTURES = REPOSITORY / "docs" / "pictures"
DESK, PHONE = (1280, 860), (390, 780)
GRID = "150203100004001"
ASKED = [
    ("street-lamp", f"{GRID}", "3号楼东侧的路灯连着两晚没亮，老人出门看不清台阶。"),
    ("water-power-gas", "150203100004003", "楼下自来水管接口漏水，楼道已经积水了。"),
    ("waste", "150203100005002", "小区西门堆着装修垃圾，三天没人清。"),
    ("facility", "150203100006004", "广场上的单杠松了，孩子们还在玩，怕出事。"),
    ("other", "150203100200001", "想问村里的活动室周末开不开门，想组织大家打乒乓球。"),
    ("standing-water", "150203100202001", "巷口一下雨就积水，接孩子的电动车过不去。"),
]


def to_the_result(page: Page) -> None:
    """In a guide, the first answer until nothing more is asked; then what comes of it, and what to bring."""
    while page.locator("[data-question]:visible").count():
        page.locator("[data-question]:visible button").first.click()
    page.locator("#questions").evaluate("it => scrollTo(0, it.offsetTop - 12)")
    page.mouse.move(0, 0)


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the page, whose it is ("" for a resident's), and what is done there first."""

    name: str
    path: str
    by: str = ""
    size: tuple[int, int] = DESK
    first: Callable[[Page], None] | None = None


SHOTS = [
    Shot("home", "/"),
    Shot("desk", "/console/requests/?show=received", by="coord-town"),
    Shot("report", "/report/2023H1/"),
    Shot("charts", "/charts/?period=2023H1#requests.by_month"),
    Shot("map", "/map/"),
    Shot("matrix", "/console/matrix/?day=2023-06-30", by="leader"),
    Shot("ask", f"/ask/?area={GRID}", size=PHONE),
    Shot("guide", "/learning/guides/GD3/", size=PHONE, first=to_the_result),
    Shot("article", "/channel/from-above/before-the-rain/", size=PHONE),
    Shot("field", "/field/", by="grid001", size=PHONE),
]


def environment(data: Path) -> dict[str, str]:
    return os.environ | {"SHILIU_DATA": str(data), "PYTHONPATH": str(REPOSITORY)}


def serve(data: Path) -> tuple[subprocess.Popen[bytes], str]:
    """The sample, served on a free port once it answers."""
    subprocess.run([sys.executable, "-m", "shiliu", "sample"], env=environment(data), check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "shiliu", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment(data), stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    for _second in range(60):
        try:
            urllib.request.urlopen(f"{url}/readyz").close()  # noqa: S310 (our own address)
            return process, url
        except OSError:
            time.sleep(1)
    process.kill()
    raise SystemExit("The sample did not start.")


def ask(page: Page, category: str, area: str, words: str) -> None:
    page.goto(f"/ask/?area={area}&category={category}")
    page.fill("[name=words]", words)
    page.fill("[name=contact_phone]", "13900000001")
    page.click("main form .actions button.big")
    page.wait_for_url("**/r/**")


def sign_in(page: Page, name: str, data: Path) -> None:
    known = (data / "sample-sign-ins.txt").read_text("utf-8")
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", re.search(rf"{name}\s+(\S+)", known)[1])  # type: ignore[index]
    with page.expect_navigation():
        page.press("[name=password]", "Enter")


def come(page: Page, shot: Shot) -> None:
    page.goto(shot.path)
    page.wait_for_load_state("networkidle")
    if shot.first:
        shot.first(page)


def shoot(page: Page, shot: Shot) -> None:
    """One window's worth of a page, in as many colours as it needs."""
    come(page, shot)
    target = PICTURES / f"{shot.name}.png"
    page.screenshot(path=target)
    Image.open(target).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(target, optimize=True)
    print(target.relative_to(REPOSITORY))


def window(browser: Browser, url: str, size: tuple[int, int]) -> Page:
    width, height = size
    context = browser.new_context(
        base_url=url, locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": width, "height": height}
    )
    return context.new_page()


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder)
        process, url = serve(data)
        try:
            unconfined = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's sandbox refuses root
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=unconfined)
            resident = window(browser, url, DESK)
            for asked in ASKED:
                ask(resident, *asked)
            for shot in SHOTS:
                page = window(browser, url, shot.size)
                if shot.by:
                    sign_in(page, shot.by, data)
                shoot(page, shot)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


if __name__ == "__main__":
    main()
