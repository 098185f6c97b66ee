"""Where the browser of the browser tests is."""

import shutil
from pathlib import Path


def find() -> str | None:
    """The path of Debian's Chromium, or of the one that playwright has installed; None if there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None
