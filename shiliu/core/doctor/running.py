"""Checks of what should go on by itself: background work, backups, the calendar."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from shiliu.core.backup import BACKED_UP, Unusable
from shiliu.core.backup.engines import engine
from shiliu.core.doctor import DATABASE, TABLES, Finding, check, ok, problem, warning
from shiliu.core.models import AuditEntry, ClockJob
from shiliu.core.work import FAILED, JOBS, RUNNING
from shiliu.core.worktime import Calendar

LATE = timedelta(minutes=10)
LONG = timedelta(hours=1)
REMEMBERED = timedelta(days=30)
BACKUP_AGE = timedelta(days=7)
CALENDAR_IS_DUE = 10  # the month from which next year's holidays are looked for


@check(needs=TABLES)
def clock() -> Iterator[Finding]:
    now = timezone.now()
    due = dict(ClockJob.objects.filter(name__in=JOBS).values_list("name", "due"))
    if not due:
        yield warning(_("The background worker has never run here. `shiliu serve` runs one."))
    elif late := min((when for when in due.values() if when < now - LATE), default=None):
        yield problem(
            _("Regular work is overdue since %s: no background worker runs. Start `shiliu serve`.")
            % _shown(late)
        )
    else:
        yield ok(_("Regular work is on time."))


@check(needs=TABLES)
def tasks() -> Iterator[Finding]:
    now = timezone.now()
    waiting = DBTaskResult.objects.ready().filter(enqueued_at__lt=now - LATE)
    # A task that was put off waits since then, not since it was enqueued.
    waiting = waiting.exclude(run_after__gt=now - LATE, run_after__lte=now)
    # Before the first start they wait too; `clock` says so.
    started = settings.PRODUCTION or ClockJob.objects.exists()
    if started and (n := waiting.count()):
        yield problem(
            _("%d background tasks wait for a worker. Start `shiliu serve` or `shiliu worker`.") % n
        )
    if n := DBTaskResult.objects.filter(status=RUNNING, started_at__lt=now - LONG).count():
        yield warning(_("%d background tasks have been running for more than an hour.") % n)
    failed = DBTaskResult.objects.filter(status=FAILED, finished_at__gt=now - REMEMBERED)
    if last := failed.order_by("finished_at").last():
        lines = last.traceback.strip().splitlines() or [""]
        yield warning(
            _("%(n)d background tasks were given up in 30 days; the last: %(task)s, %(when)s: %(why)s")
            % {
                "n": failed.count(),
                "task": last.task_path,
                "when": _shown(last.finished_at),
                "why": lines[-1],
            }
        )


@check(needs=DATABASE)
def backup_tools() -> Iterator[Finding]:
    try:
        engine().require_tools()
    except Unusable as refusal:
        yield problem(str(refusal))


@check(needs=TABLES)
def last_backup() -> Iterator[Finding]:
    last = AuditEntry.objects.filter(verb=BACKED_UP).order_by("id").last()
    if last is None:
        yield warning(_("No backup was ever made here. Type: shiliu backup FILE"))
    elif last.at < timezone.now() - BACKUP_AGE:
        yield warning(_("The last backup is of %s. Type: shiliu backup FILE") % _shown(last.at))
    else:
        yield ok(_("The last backup is of %s.") % _shown(last.at))


@check(needs=TABLES)
def holidays() -> Iterator[Finding]:
    today = timezone.localdate()
    years = [today.year, *([today.year + 1] if today.month >= CALENDAR_IS_DUE else [])]
    calendar = Calendar.load(years[0], years[-1])
    missing = [year for year in years if not calendar.published(year)]
    for year in missing:
        yield warning(
            _(
                "The holidays of %d are not in the calendar, so deadlines in it are uncertain. Enter them "
                "when the State Council has published them, or upgrade chinesecalendar, then run "
                "`shiliu setup`."
            )
            % year
        )
    if not missing:
        yield ok(_("The holidays are in the calendar to the end of %d.") % years[-1])


def _shown(when: object) -> str:
    return f"{timezone.localtime(when):%Y-%m-%d %H:%M}"  # type: ignore[arg-type]
