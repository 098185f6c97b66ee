"""The house's own regular work: what only served a while goes, and not sooner."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from shiliu.core.models import Submission
from shiliu.core.tasks import sweep
from shiliu.core.work import FAILED, READY, RUNNING
from tests import tasks

pytestmark = pytest.mark.django_db


def ago(days: int):
    return timezone.now() - timedelta(days=days)


@pytest.mark.parametrize(
    ("status", "days", "stays"),
    [
        ("SUCCESSFUL", 31, False),
        (FAILED, 31, False),
        ("SUCCESSFUL", 29, True),
        (READY, 400, True),
        (RUNNING, 400, True),
    ],
)
def test_results_are_kept_thirty_days_and_unfinished_tasks_for_ever(status, days, stays):
    tasks.note.enqueue("/dev/null", "x")
    finished = ago(days) if status in ("SUCCESSFUL", FAILED) else None
    DBTaskResult.objects.update(status=status, enqueued_at=ago(days), finished_at=finished)
    sweep.call()
    assert DBTaskResult.objects.exists() == stays


@pytest.mark.parametrize(("days", "stays"), [(181, False), (179, True)])
def test_keys_of_submissions_are_kept_half_a_year(days, stays):
    Submission.objects.create(key="k", kind="requests.request", public_id="X", digest="")
    Submission.objects.update(at=ago(days))
    sweep.call()
    assert Submission.objects.exists() == stays


def test_ended_sessions_go():
    for key, days in (("ended", 1), ("open", -1)):
        Session.objects.create(session_key=key, session_data="", expire_date=ago(days))
    sweep.call()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]
