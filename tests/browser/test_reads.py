"""The beacon of a page that proxies keep: with scripts and without, once each."""

import pytest

from shiliu.channel.counting import seen
from tests import factories
from tests.helpers import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def article(settings, places):
    settings.PAGE_SECONDS = 20
    seen.WAITING.clear()
    yield factories.article(factories.column(places.east), "a-1")
    seen.WAITING.clear()


def test_page_tells_once_that_it_was_read(page, article):
    page.goto(f"{article.url}?g=abc2345")
    wait_for(lambda: seen.WAITING)
    page.wait_for_load_state("networkidle")
    assert [(view.article, view.link) for view in seen.WAITING] == [(article.pk, "abc2345")]


def test_page_tells_it_without_scripts_too(browser, live_server, article):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    window = context.new_page()
    window.goto(f"{article.url}?g=abc2345")
    wait_for(lambda: seen.WAITING)
    context.close()
    assert [(view.article, view.link) for view in seen.WAITING] == [(article.pk, "abc2345")]
