"""What has happened is not in the future: such a row is refused, and what is planned is not."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import models
from django.utils import timezone

from shiliu.core.exchange.cells import BadCell, written
from shiliu.core.exchange.kinds import KINDS, Column, Kind
from shiliu.core.exchange.reading import parser
from shiliu.core.figures import FIGURES, Over, Period
from shiliu.requests.models import Request
from tests.exchange.sheets import REQUEST, load, request, sheet, write
from tests.factories import Places

pytestmark = pytest.mark.django_db

# Days that may lie ahead: what is planned, due, or valid from a day on and up to another.
AHEAD = {
    "valid_from",
    "valid_to",
    "opened_on",
    "closed_on",
    "starts_at",
    "due_on",
    "due_at",
    "resume_on",
    "started_on",
}
SUCCESSION = ("successions", "day")  # of an area: one to come does not count before its day


def dated() -> list[tuple[Kind, Column]]:
    return [
        (kind, col)
        for kind in KINDS.values()
        for col in kind.columns
        if isinstance(kind.field(col.name), models.DateField)
    ]


def test_every_day_has_happened_or_may_lie_ahead() -> None:
    """Whoever adds a column decides which."""
    for kind, col in dated():
        ahead = col.name in AHEAD or (kind.name, col.name) == SUCCESSION
        assert col.past != ahead, (kind.name, col.name)


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=400)])
def test_day_to_come_is_refused_where_something_has_happened(
    ahead: timedelta, english: None, subtests: pytest.Subtests
) -> None:
    now = timezone.now()
    for kind, col in dated():
        moment = isinstance(kind.field(col.name), models.DateTimeField)
        today, then = (at if moment else timezone.localdate(at) for at in (now, now + ahead))
        parse = parser(kind, col)
        with subtests.test(kind.name, column=col.name):
            assert parse(written(today)) == today
            if not col.past:
                assert parse(written(then)) == then
                continue
            with pytest.raises(BadCell, match="This is in the future, but says what has happened"):
                parse(written(then))


def test_request_of_tomorrow_is_refused_with_its_line_and_no_stock_differs(
    tmp_path: Path, lamp: Places, english: None
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    row = dict(zip(REQUEST.split(","), request(), strict=True))
    later = row | {"编码": "R-later", "收到时间": f"{tomorrow} 00:01"}
    done = load(write(tmp_path, requests=sheet(REQUEST, list(row.values()), list(later.values()))))
    assert done.problems == [
        "requests.csv, line 3, column 收到时间: This is in the future, but says what has happened. "
        "Correct it, or import it later."
    ]
    assert Request.objects.get().code == row["编码"]
    today = Over(Period(timezone.localdate(), timezone.localdate()))
    assert FIGURES["requests.open"].at(today).value == Request.objects.filter(is_open=True).count()
