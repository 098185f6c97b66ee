"""The vendors of bots on this machine, who writes and who reviews, and that nobody has read yet."""

import html
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.test import Client

from shiliu.channel.models import ArticlePage, GridGroup
from shiliu.console.wagtail import sync
from shiliu.core import bots
from tests import factories
from tests.channel import helpers
from tests.channel import vendors as servers


@pytest.fixture
def vendors(settings, monkeypatch) -> Iterator[servers.Vendors]:
    """All three, to which every bot is led."""
    monkeypatch.setattr(bots, "TIMEOUT", (1, 1))
    with servers.running() as running:
        settings.BOTS_URL = running.url
        yield running


@pytest.fixture
def three(places, vendors):
    """A group of each vendor with its bot, by vendor."""
    made = dict(zip(servers.OK, helpers.groups(places.east_1, *servers.OK), strict=True))
    for vendor, group in made.items():
        helpers.bot(group, vendor)
    return made


@pytest.fixture
def desk(client, staff):
    """The coordinator's, in English."""
    client.force_login(staff.coordinator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def phone(client, staff):
    """The grid worker's, in English."""
    client.force_login(staff.worker)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def group(places) -> GridGroup:
    return factories.group(places.east_1, name="东一群", code="G-1")


@dataclass
class Desk:
    """Somebody at Wagtail's admin, in English."""

    name: str
    role: str
    where: object
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.user = factories.person(self.name)
        factories.tenure(self.user, self.role, self.where)
        sync(self.user)
        self.client.force_login(self.user)
        self.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    def edit(self, page: ArticlePage, action: str = "action-submit", **values: str):
        return self.client.post(f"/admin/pages/{page.pk}/edit/", form(page, **{action: "1"} | values))

    def decide(self, page: ArticlePage, what: str = "approve", **values: str):
        state = ArticlePage.objects.get(pk=page.pk).current_workflow_task_state
        address = f"/admin/pages/workflow/action/{page.pk}/{what}/{state.pk}/"
        return self.client.post(address, {"comment": ""} | values, follow=True)


def form(page: ArticlePage, **values: str) -> dict[str, str]:
    """What the page's form sends, with its newest version in it."""
    newest = ArticlePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    sent = {
        "title": newest.title, "slug": newest.slug, "code": newest.code, "area": newest.area_id,
        "published_on": str(newest.published_on), "summary": newest.summary, "body-count": "0",
        "language": newest.language,
        "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
    }  # fmt: skip
    return sent | values


def paragraphs(*texts: str) -> dict[str, str]:
    """The fields of a body of plain paragraphs."""
    sent = {"body-count": str(len(texts))}
    for n, text in enumerate(texts):
        sent |= {f"body-{n}-type": "paragraph", f"body-{n}-value": text, f"body-{n}-order": str(n)}
        sent |= {f"body-{n}-deleted": "", f"body-{n}-id": ""}
    return sent


def said(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def desks(places):
    """An editor and three reviewers of the town, and one of each review elsewhere."""
    posts = {
        "writer": ("editor", places.town),
        "first": ("first_reviewer", places.town),
        "second": ("second_reviewer", places.town),
        "final": ("final_reviewer", places.town),
        "far_first": ("first_reviewer", places.other_town),
    }
    factories.column(places.east)
    return {name: Desk(name, *post) for name, post in posts.items()}


@pytest.fixture
def draft(desks):
    """An article that nobody has published yet."""
    from shiliu.channel.models import ColumnPage

    page = factories.article(ColumnPage.objects.get(), "a-1", live=False)
    page.save_revision(user=desks["writer"].user)
    return page


@pytest.fixture(autouse=True)
def _nobody_has_read():
    from shiliu.channel.counting import today
    from shiliu.channel.counting.seen import WAITING

    WAITING.clear()
    yield
    WAITING.clear()
    shutil.rmtree(today.folder(), ignore_errors=True)
