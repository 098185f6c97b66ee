"""The browser tests' site: one `shiliu serve` per run with the sample township in it, and windows on it.

Tests find things by address, name and `data-figure`, not by words: both languages are walked.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, StorageState

from shiliu import keyring
from tests.helpers import free_port, wait_for
from tools import migrated

REPOSITORY = Path(__file__).resolve().parents[2]
PHONE, DESK = 390, 1280


@dataclass(frozen=True)
class Site:
    """The served sample. data: its SHILIU_DATA; passwords: those that `shiliu sample` gave, by user name."""

    url: str
    data: Path
    passwords: dict[str, str]


def _environment(data: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    own = {"SHILIU_DATA": str(data), "SHILIU_FIGURES_SECONDS": "0"}  # what a test did is counted at once
    return kept | own | {"PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "utf-8"}


def shiliu(data: Path, *arguments: str) -> None:
    """Run a command on an install, to its end."""
    command = [sys.executable, "-m", "shiliu", *arguments]
    done = subprocess.run(command, env=_environment(data), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SHILIU_DATA after `shiliu sample`, once per run: to be copied."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    data = shared / "sample"
    with (shared / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not data.exists():
            if migrated.kept().exists():  # tools/test.py has waited for it; else the command migrates
                shutil.copytree(settings.DATA / "keys", data / "keys")  # no tables without keys
                shutil.copyfile(migrated.kept(), data / "shiliu.sqlite3")
                keyring.make_report_key(data)  # as `setup` does
            shiliu(data, "sample")
    return data


@pytest.fixture(scope="session")
def site(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample's site, one for each process of the run."""
    with served(Path(shutil.copytree(loaded, tmp_path_factory.getbasetemp() / "site"))) as it:
        yield it


@contextmanager
def served(data: Path) -> Iterator[Site]:
    """A site of its own on a copy of the sample."""
    sign_ins = (data / "sample-sign-ins.txt").read_text("utf-8").splitlines()[1:]
    port, output = free_port(), data.with_suffix(".log")
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "shiliu", "serve", "--port", str(port)],
            env=_environment(data),
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(lambda: process.poll() is not None or b"Shiliu is ready" in output.read_bytes(), 60)
        assert process.poll() is None, output.read_text()
        yield Site(f"http://127.0.0.1:{port}", data, dict(line.split()[:2] for line in sign_ins))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def follow(page: Page, selector: str) -> None:
    """Click what leads to another page, and wait until that is there as a whole."""
    with page.expect_navigation():
        page.locator(selector).click()


def sign_in(page: Page, name: str, password: str) -> None:
    """Fill in and send the form of the sign-in page, which is open."""
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    with page.expect_navigation():
        page.locator("[name=password]").press("Enter")


@pytest.fixture(scope="session")
def signed_in(browser: Browser, site: Site) -> Callable[[str], StorageState]:
    """The cookies of somebody who has signed in: once per person, and without drawing the pages."""
    states: dict[str, StorageState] = {}

    def state(name: str) -> StorageState:
        if name not in states:
            context = browser.new_context(base_url=site.url)
            context.request.get("/accounts/login/")
            token = next(each["value"] for each in context.cookies() if each["name"] == "csrftoken")
            form = {"login": name, "password": site.passwords[name], "csrfmiddlewaretoken": token}
            answer = context.request.post("/accounts/login/", form=form)
            assert answer.url.endswith(("/console/", "/field/")), answer.url
            states[name] = context.storage_state()
            context.close()
        return states[name]

    return state


@dataclass
class Faults:
    """What a visit must not meet: a script error, a console error, a request to another host."""

    site: str
    forgive: str | None
    seen: list[tuple[str, str]] = field(default_factory=list)  # (address, what)
    documents: set[str] = field(default_factory=set)

    def watch(self, context: BrowserContext) -> None:
        context.on("weberror", lambda fault: self.seen.append(("", str(fault.error))))
        context.on("console", self._console)
        context.on("request", self._request)

    def _console(self, line: Any) -> None:
        if line.type == "error":
            self.seen.append((line.location["url"], line.text))

    def _request(self, request: Any) -> None:
        if request.is_navigation_request():
            self.documents.add(request.url)
        if not request.url.startswith((f"{self.site}/", "data:", "blob:")):
            self.seen.append((request.url, "another host"))

    def left(self) -> list[tuple[str, str]]:
        """Without the console's line about a page's own status, which the tests look at themselves."""
        return [(url, what) for url, what in self.seen if not self._expected(url, what)]

    def _expected(self, url: str, what: str) -> bool:
        own = url in self.documents or (self.forgive is not None and self.forgive in url)
        return own and what.startswith("Failed to load resource")


@dataclass
class Windows:
    """Opens windows on the site, each in a browser profile of its own. See `Windows.__call__`."""

    browser: Browser
    site: Site
    signed_in: Callable[[str], StorageState]
    closing: ExitStack
    faults: list[Faults] = field(default_factory=list)

    def __call__(
        self,
        path: str = "/",
        *,
        by: str | None = None,
        width: int = PHONE,
        language: Literal["zh-CN", "en"] = "zh-CN",
        script: bool = True,
        large: bool = False,
        forgive: str | None = None,
    ) -> Page:
        """A window that has opened `path`. by: the sample's user name. script: whether JavaScript is on.

        large: as somebody who has chosen large type.

        forgive: a part of addresses whose refusals in the background are no fault.
        """
        context = self.browser.new_context(
            base_url=self.site.url,
            storage_state=self.signed_in(by) if by else None,
            locale=language,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
        )
        self.closing.callback(context.close)
        if large:
            context.add_cookies([{"name": "shiliu_type", "value": "large", "url": self.site.url}])
        self.faults.append(Faults(self.site.url, forgive))
        self.faults[-1].watch(context)
        page = context.new_page()
        page.set_default_timeout(30_000)  # three suites share the cores
        page.goto(path)
        return page


@pytest.fixture
def visit(browser: Browser, site: Site, signed_in: Callable[[str], StorageState]) -> Iterator[Windows]:
    """visit("/report/", by="editor"): a window; the test fails if any of its windows met a fault."""
    with watched(browser, site, signed_in) as windows:
        yield windows


@contextmanager
def watched(browser: Browser, site: Site, signed_in: Callable[[str], StorageState]) -> Iterator[Windows]:
    """Windows on a site, of which none may meet a fault."""
    with ExitStack() as closing:
        windows = Windows(browser, site, signed_in, closing)
        yield windows
        left = [fault for faults in windows.faults for fault in faults.left()]
    assert left == []


@dataclass(frozen=True)
class Visitor:
    """One way to use the public site."""

    windows: Windows
    width: int
    script: bool

    def __call__(self, path: str) -> Page:
        return self.windows(path, width=self.width, script=self.script)


@pytest.fixture(params=["phone without script", "desk"])
def resident(request: pytest.FixtureRequest, visit: Windows) -> Visitor:
    """resident("/"): a window as different people have it, so that a journey is walked by each."""
    at_desk = request.param == "desk"
    return Visitor(visit, DESK if at_desk else PHONE, script=at_desk)
