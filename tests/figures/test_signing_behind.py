"""What of signing is done in the background: once, whoever dies at it, and never in silence."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from shiliu.core import door
from shiliu.core.figures import FIGURES, Figure
from shiliu.core.models import AuditEntry
from shiliu.core.work import ATTEMPTS, FAILED, READY, RUNNING
from shiliu.figures.models import SignedContent, SignedReport, Signing
from shiliu.figures.signing import actions, content, digests, finishing, seal, tasks
from shiliu.grid.models import Tenure
from tests import factories
from tests.core.test_work import drain
from tests.figures.test_signing import press
from tests.strategies import HALF_YEAR

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def town(places):
    factories.half_year(places.east_1)
    return places.town


@pytest.fixture
def pressed(town, staff) -> Signing:
    return press(town, staff.leader)


def unread(it: Signing) -> Signing:
    return Signing.objects.get(pk=it.pk)


def page_of(client, it: Signing, **headers: str):
    return client.get(f"/report/signed/{it.code}/", headers=ENGLISH | headers)


def test_press_stores_who_and_when_with_its_task(pressed, staff, town):
    assert (pressed.state, pressed.signed_by, pressed.area) == (Signing.State.WAITING, staff.leader, town)
    assert pressed.post
    assert not SignedReport.objects.exists()
    task = DBTaskResult.objects.get()
    assert (task.task_path, task.args_kwargs["args"]) == (
        tasks.finish_signing.module_path,
        [pressed.code],
    )


def test_worker_makes_the_report_as_of_the_press(pressed, staff):
    drain()
    it = SignedReport.objects.get()
    assert (it.code, it.signed_by, it.post) == (pressed.code, staff.leader, pressed.post)
    assert it.signed_at == pressed.pressed_at
    assert unread(pressed).state == Signing.State.SIGNED
    assert seal.read(it.content.document.encode()).intact


@pytest.mark.parametrize("again", [2, 3])
def test_task_that_runs_again_makes_one_report(pressed, again):
    for _n in range(again):
        tasks.finish_signing.call(pressed.code)
    assert SignedReport.objects.count() == SignedContent.objects.count() == 1
    assert (
        AuditEntry.objects.filter(verb="figures.finish_signing").count() == 2
    )  # of the press, of the report


def test_two_workers_at_once_make_one_report(pressed, monkeypatch):
    """The second one, which counts as dead, ends while the first is computing."""
    compute = content.state

    def computing(*args, **kwargs):
        monkeypatch.setattr(content, "state", compute)
        found = compute(*args, **kwargs)
        finishing.finish(pressed.code)
        return found

    monkeypatch.setattr(content, "state", computing)
    finishing.finish(pressed.code)
    assert SignedReport.objects.count() == SignedContent.objects.count() == 1
    assert unread(pressed).state == Signing.State.SIGNED


def test_worker_that_dies_before_the_last_write_leaves_nothing_half(pressed, monkeypatch):
    class Killed(BaseException):
        pass

    def kill(*_args, **_kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(finishing.SignedDay.objects, "bulk_create", kill)
        with pytest.raises(Killed):
            finishing.finish(pressed.code)
    assert not SignedReport.objects.exists()
    assert unread(pressed).state == Signing.State.WAITING
    finishing.finish(pressed.code)
    assert SignedReport.objects.count() == 1


def test_right_that_is_lost_after_the_press_changes_nothing(pressed, staff):
    """It was asked at the press, as a signature is."""
    Tenure.objects.filter(user=staff.leader).update(valid_to=timezone.localdate() - timedelta(days=1))
    staff.leader.is_active = False
    staff.leader.save()
    drain()
    assert SignedReport.objects.get().signed_by == staff.leader


def test_press_in_another_window_leads_to_the_one_under_way(pressed, staff, town):
    assert press(town, staff.leader) == pressed
    finishing.finish(pressed.code)
    assert press(town, staff.leader) != pressed  # that one is over: this is another signing


def test_code_of_another_form_signs_nothing_else(pressed, staff, town, places):
    seen = content.state(HALF_YEAR, places.east, with_days=False).seen
    with pytest.raises(door.OtherContent):
        actions.sign(places.east, HALF_YEAR, code=pressed.code, seen=seen, by=staff.leader)
    assert Signing.objects.count() == 1


def test_change_between_press_and_worker_is_told(pressed, client, staff, places):
    factories.meeting(places.east)
    drain()
    assert not SignedReport.objects.exists()
    assert (unread(pressed).state, unread(pressed).fault) == ("failed", "changed")
    client.force_login(staff.leader)
    page = page_of(client, pressed).content.decode()
    assert "The report was not signed." in page
    assert "has changed in the meantime" in page
    assert "/report/2023H1/sign/" in page


def fails(monkeypatch, where: str) -> None:
    """One figure cannot be computed: its value, or the digests behind it."""

    def at(self, over):
        if self.key == "plan.meetings":
            raise ZeroDivisionError
        return counted(self, over)

    def by_day(figure, over):
        if figure.key == "plan.meetings":
            raise ZeroDivisionError
        return summed(figure, over)

    counted, summed = Figure.at, digests.by_day
    if where == "value":
        monkeypatch.setattr(Figure, "at", at)
    else:
        monkeypatch.setattr(digests, "by_day", by_day)


@pytest.mark.parametrize("where", ["value", "days"])
def test_figure_that_fails_is_named_on_the_page(pressed, client, staff, monkeypatch, where):
    with monkeypatch.context() as patch:
        fails(patch, where)
        drain()
    assert (unread(pressed).state, unread(pressed).figure) == ("failed", "plan.meetings")
    client.force_login(staff.leader)
    page = " ".join(page_of(client, pressed).content.decode().split())
    assert "A figure could not be computed. It is: meetings held." in page
    assert "every 1s" not in page


def test_key_that_is_gone_is_told(pressed, settings, tmp_path):
    settings.REPORT_KEYS, settings.DATA = [], tmp_path
    finishing.finish(pressed.code)
    assert unread(pressed).fault == "key"


def test_database_out_of_reach_is_tried_again(pressed, monkeypatch):
    def out_of_reach(*_args, **_kwargs):
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as patch:
        patch.setattr(FIGURES["plan.meetings"].when.__class__, "narrow", out_of_reach)
        with pytest.raises(OperationalError):
            finishing.finish(pressed.code)
    assert unread(pressed).state == Signing.State.WAITING


@pytest.mark.parametrize(
    ("row", "given_up"),
    [
        ({"status": READY, "worker_ids": ["a"]}, False),
        ({"status": RUNNING, "worker_ids": ["a"] * ATTEMPTS}, False),
        ({"status": FAILED, "worker_ids": ["a"] * (ATTEMPTS - 1)}, False),
        ({"status": FAILED, "worker_ids": ["a"] * ATTEMPTS}, True),
        (None, True),
    ],
)
def test_signing_whose_task_came_to_no_end_is_given_up(pressed, row, given_up):
    Signing.objects.update(pressed_at=timezone.now() - timedelta(minutes=2))
    if row:
        DBTaskResult.objects.update(**row)
    else:
        DBTaskResult.objects.all().delete()
    assert tasks.give_up_signings.call() == [pressed.code] * given_up
    assert unread(pressed).fault == ("given_up" if given_up else "")


def test_signing_of_this_moment_is_not_given_up(pressed):
    DBTaskResult.objects.all().delete()
    assert tasks.give_up_signings.call() == []


# The page -------------------------------------------------------------------------------------------------


def test_page_waits_by_itself_and_by_a_link_then_shows_the_report(pressed, client, staff):
    client.force_login(staff.leader)
    page = page_of(client, pressed).content.decode()
    assert "The report is being signed." in page
    assert f'hx-get="/report/signed/{pressed.code}/" hx-trigger="every 1s"' in page
    assert f'<a class="button quiet" href="/report/signed/{pressed.code}/">' in page
    part = page_of(client, pressed, **{"hx-request": "true"})
    assert "being signed" in part.content.decode()
    assert "<html" not in part.content.decode()
    drain()
    assert page_of(client, pressed, **{"hx-request": "true"})["HX-Refresh"] == "true"
    assert "Nothing has changed since" in page_of(client, pressed).content.decode()


def test_report_says_that_a_signing_is_under_way_or_failed(pressed, client, staff, town):
    client.force_login(staff.leader)
    for address in (f"/report/2023H1/?area={town.code}", f"/report/2023H1/sign/?area={town.code}"):
        page = client.get(address, headers=ENGLISH).content.decode()
        assert "Being signed since" in page
        assert f"/report/signed/{pressed.code}/" in page
    Signing.objects.update(state="failed", fault="figure")
    page = client.get(f"/report/2023H1/?area={town.code}", headers=ENGLISH).content.decode()
    assert "came to no end" in page


def test_others_do_not_see_what_is_not_signed_yet(pressed, client, staff, town):
    for who in (None, staff.far_coordinator):
        if who:
            client.force_login(who)
        assert page_of(client, pressed).status_code == 404
    page = client.get(f"/report/2023H1/?area={town.code}", headers=ENGLISH).content.decode()
    assert pressed.code not in page


@pytest.mark.parametrize("n", [1, 3])
def test_page_that_waits_costs_the_same(town, client, staff, n, django_assert_num_queries):
    *_others, it = [factories.signing(town, staff.leader) for _n in range(n)]
    client.force_login(staff.leader)
    page_of(client, it, **{"hx-request": "true"})
    with django_assert_num_queries(7):
        page_of(client, it, **{"hx-request": "true"})
