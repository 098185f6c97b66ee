"""Who sees the link that takes an account: its owner by e-mail, or who hands it over; never both."""

import pytest
from django_tasks_db.models import DBTaskResult

from shiliu.core import audit
from shiliu.core.models import User
from shiliu.grid.actions import seen_of

PEOPLE = "/console/people/"


@pytest.fixture
def admin(client, staff):
    client.force_login(staff.administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def said(response) -> str:
    return response.content.decode()


def invited(client, email: str = "") -> None:
    form = {"name": "甲某", "username": "xin", "email": email, "post": "", "since": "", "until": ""}
    assert client.post(f"{PEOPLE}invite/", form).status_code == 302


def mailed() -> list[str]:
    return [task.args_kwargs["args"][0] for task in DBTaskResult.objects.all()]


def test_link_that_is_mailed_is_shown_to_nobody(admin):
    invited(admin, "xin@example.org")
    path = f"{PEOPLE}of/xin/"
    page = said(admin.get(path))
    assert "A link is on its way to xin@example.org." in page
    assert "/accounts/invite/" not in page
    for step in ("link", "off", "on"):
        admin.post(f"{path}{step}/", {"seen": seen_of(User.objects.get(username="xin"))})
        assert "/accounts/invite/" not in said(admin.get(path))
    assert mailed() == ["xin"] * 3  # the invitation, the new link, and the account that is on again


def test_new_link_of_a_colleague_goes_to_the_colleague(admin, staff):
    User.objects.filter(pk=staff.worker.pk).update(email="worker@example.org")
    staff.worker.refresh_from_db()
    response = admin.post(f"{PEOPLE}of/worker/link/", {"seen": seen_of(staff.worker)}, follow=True)
    assert "/accounts/invite/" not in said(response)
    assert mailed() == ["worker"]
    assert [entry.verb for entry in audit.entries_of(staff.worker)] == ["grid.renew"]


def test_address_that_came_after_the_link_was_made_hides_it(admin):
    invited(admin)
    User.objects.filter(username="xin").update(email="xin@example.org")
    assert "/accounts/invite/" not in said(admin.get(f"{PEOPLE}of/xin/"))


def test_link_is_handed_over_where_no_mail_leaves_the_install(admin, settings):
    settings.SENDS_MAIL = False
    invited(admin, "xin@example.org")
    assert "/accounts/invite/" in said(admin.get(f"{PEOPLE}of/xin/"))
