"""The answers to work orders: which of them wait, what each says, and the file that the hotline reads."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from shiliu.core import access, audit
from shiliu.core.exchange import cells
from shiliu.core.models import AuditEntry
from shiliu.requests.models import PERSONAL, Request, State
from shiliu.requests.orders.placing import home

AT_ONCE = 500  # answers are handed back in one transaction, which others wait for
AGAIN = 5_000
RIGHT = "requests.close"
SETTLED = Q(merged_into=None) | Q(merged_into__closed_at__isnull=False)
# Of these steps the words are for whoever asked, and with them for the hotline; the last one counts.
SAYS = ("requests.report", "requests.refuse", "requests.transfer")
HEADER = ("工单编号", "办理状态", "办理结果", "办结时间", "是否联系", "办理单位")


@dataclass(frozen=True)
class Answer:
    """What the hotline is told about one of its orders."""

    request: Request
    state: str
    result: str

    @property
    def number(self) -> str:
        return self.request.order_number

    @property
    def ended_at(self) -> datetime | None:
        return self.request.settled_at

    @property
    def contacted(self) -> bool:
        """Whether somebody was in touch with the person: accepting counts as the first contact."""
        return self.request.contacted_at is not None

    @property
    def handled_by(self) -> str:
        """Who had it at the end; of what nobody was given, the place whose desk decided."""
        it = self.request.merged_into or self.request
        return str(it.lead or it.area.name)


def waiting(actor: Any, source: str = "") -> list[Request]:
    """The ended orders of `actor`'s areas whose answer is to be handed back, the oldest first; `AT_ONCE`.

    What was merged has its answer when the request that goes on has ended.
    """
    rows = _of_orders(actor).filter(SETTLED, closed_at__isnull=False)
    due = rows.filter(Q(order_answered_at=None) | Q(order_answered_at__lt=F("closed_at")))
    if source:
        due = due.filter(order_source=source)
    return list(due.order_by("closed_at", "pk")[:AT_ONCE])


def ended(actor: Any, source: str, since: datetime) -> list[Request]:
    """The orders that have ended from then on, the oldest first; `AT_ONCE`."""
    orders = _of_orders(actor)
    if source:
        orders = orders.filter(order_source=source)
    itself = orders.filter(closed_at__gte=since, merged_into=None)
    goes_on = orders.filter(merged_into__closed_at__gte=since, merged_into__town=home(actor).code)
    found = [*itself.order_by("closed_at", "pk")[:AT_ONCE]]
    found += goes_on.order_by("merged_into__closed_at", "pk")[:AT_ONCE]
    return sorted(found, key=lambda it: (it.settled_at, it.pk))[:AT_ONCE]


def one(actor: Any, source: str, number: str) -> Request | None:
    """The request of one order, where `actor` may answer."""
    return _of_orders(actor).filter(order_source=source, order_number=number).first()


def handed_back(actor: Any, source: str, first: date, last: date) -> list[Request]:
    """What was handed back on these days, both included; one more than `AGAIN` where there is more."""
    start, end = (timezone.make_aware(datetime.combine(day, time())) for day in (first, last))
    rows = _of_orders(actor).filter(
        order_answered_at__gte=start, order_answered_at__lt=end + timedelta(days=1)
    )
    if source:
        rows = rows.filter(order_source=source)
    return list(rows.order_by("order_answered_at", "pk")[: AGAIN + 1])


def _of_orders(actor: Any) -> QuerySet[Request]:
    # “No number” stands in the query as it stands in the indexes: into a parameter SQLite does not look.
    rows = Request.objects.exclude(order_number=RawSQL("''", []))
    rows = rows.filter(access.scope_of(actor, RIGHT).q(), town=home(actor).code)
    leads = ("area", "team", "unit", "post")
    goes_on = [f"merged_into__{name}" for name in leads]
    return rows.select_related(*leads, "merged_into", *goes_on).defer(
        *PERSONAL, *(f"merged_into__{name}" for name in PERSONAL)
    )


def answers_to(requests: Sequence[Request]) -> list[Answer]:
    """Each one's answer, in Chinese: what was reported or explained to the person. One query."""
    with translation.override("zh-hans"):
        said = _said(requests)
        return [Answer(it, it.get_state_display(), _result(it, said)) for it in requests]


def _said(requests: Sequence[Request]) -> dict[str, str]:
    """By receipt code, the last words that the person was told, also of what a request was merged into."""
    codes = {it.code for it in requests} | {it.merged_into.code for it in requests if it.merged_into}
    entries = AuditEntry.objects.filter(
        kind=audit.kind_of(Request), public_id__in=codes, verb__in=SAYS
    ).order_by("id")
    return {code: note for code, note in entries.values_list("public_id", "note") if note}


def _result(it: Request, said: dict[str, str]) -> str:
    if it.state == State.WITHDRAWN:
        return _("The person who asked no longer needs it.")
    if it.merged_into:
        together = _("It is handled together with another request about the same.")
        return f"{together} {said.get(it.merged_into.code, '')}".strip()
    return said.get(it.code, "")


# Files ------------------------------------------------------------------------------------------------------


def _rows(answers: Iterable[Answer]) -> Iterable[tuple[str, ...]]:
    yield HEADER
    for it in answers:
        ended = timezone.localtime(it.ended_at).strftime("%Y-%m-%d %H:%M") if it.ended_at else ""
        yield it.number, it.state, it.result, ended, "是" if it.contacted else "否", it.handled_by


def as_csv(answers: Iterable[Answer]) -> bytes:
    """UTF-8 with a byte-order mark, which spreadsheets need; what looks like a formula is none."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(map(cells.escaped, row) for row in _rows(answers))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(answers: Iterable[Answer]) -> bytes:
    """A workbook of one sheet; every cell is a text, so that a long number stays as it is."""
    import openpyxl  # only who wants a spreadsheet waits for it
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("回复")
    for row in _rows(answers):
        line = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(" ", text)) for text in row]
        for cell in line:
            cell.data_type = "s"  # also what begins with “=”
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FORMATS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
