"""Articles into the groups, in a browser: a grid worker copies and posts, the coordinator sees what lacks."""

import subprocess
import sys

import pytest

from tests.browser.conftest import PHONE, Site, Windows, _environment, follow, sign_in
from tests.browser.test_every_page import NARROW, violations, wider_than_the_window
from tests.browser.test_field import look

pytestmark = pytest.mark.browser

PREPARE = """
from datetime import timedelta
from django.utils import timezone
from shiliu.channel.groups import preparing
from shiliu.channel.models import ArticlePage, Delivery, Message, Outage
article = ArticlePage.objects.live().order_by("pk").first()
Message.objects.filter(article=article).delete()  # the sample's arrived long ago
preparing.prepare(article)
first = Delivery.objects.filter(message=article.pk).order_by("pk")
keys = list(first.values_list("pk", flat=True)[:3])
first.update(made_at=timezone.now() - timedelta(days=2))
Delivery.objects.filter(pk=keys[1]).update(state="unclear", fault="stopped while sending", by_bot=True)
Delivery.objects.filter(pk=keys[2]).update(state="failed", fault="code 93000", by_bot=True)
now = timezone.now()
Outage.objects.update_or_create(
    vendor="wecom", defaults=dict(since=now, failures=3, next_at=now, fault="no connection")
)
print(article.code)
"""


@pytest.fixture
def article(site: Site) -> str:
    """The code of an article on its way, some of it in trouble."""
    command = [sys.executable, "-m", "shiliu", "shell", "-v0", "-c", PREPARE]
    done = subprocess.run(
        command, env=_environment(site.data), check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.split()[-1]


@pytest.mark.parametrize(("width", "script"), [(PHONE, True), (NARROW, False)])
def test_worker_copies_posts_and_takes_back(visit: Windows, site: Site, article, width: int, script: bool):
    page = visit("/accounts/login/", width=width, script=script)
    sign_in(page, "grid001", site.passwords["grid001"])
    follow(page, "nav a[href='/field/groups/']")
    look(page)
    waiting = page.locator(".posting form[action$='/post/']").count()
    mine = page.locator(".posting", has_text=f"/{article}/").first  # other articles may wait, too
    text, copy = mine.locator("pre"), mine.locator("[data-copy]")
    assert copy.is_visible() == script
    if script:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        copy.click()
        mine.get_by_text("已复制").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == text.text_content()
    mine.locator("summary").click()
    assert mine.locator(".qr").is_visible()
    assert wider_than_the_window(page) == 0

    with page.expect_navigation():
        mine.locator("form[action$='/post/'] button").click()
    assert page.locator("[role=status]").first.is_visible()
    assert page.locator(".posting form[action$='/post/']").count() == waiting - 1
    look(page)
    follow(page, ".posting form[action$='/unpost/'] button")
    assert page.locator(".posting form[action$='/post/']").count() == waiting


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_pages_with_something_on_them_are_accessible(visit: Windows, article, language: str):
    for by, paths in (
        (
            "coord-town",
            ("/console/deliveries/", "/console/deliveries/late/", f"/console/deliveries/of/{article}/"),
        ),
        ("grid001", ("/field/groups/",)),
    ):
        page = visit("about:blank", by=by, width=NARROW, language=language)
        for path in paths:
            assert page.goto(path).status == 200
            assert wider_than_the_window(page) == 0, path
            assert violations(page) == [], path
