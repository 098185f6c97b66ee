"""Figures of requests. Each rate shows what it divides and what it leaves out (docs/guide/rates.md)."""

from typing import Any

from django.db.models import Case, DateTimeField, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from shiliu.core import matrix
from shiliu.core.figures import (
    GROUPINGS,
    Chart,
    Count,
    Figure,
    Flow,
    InHand,
    Median,
    Over,
    Ratio,
    Stock,
    ToDate,
    draw,
    publish,
    register,
)
from shiliu.core.matrix import AtMost, Service, Within
from shiliu.requests.models import Kind, Milestone, Request, State
from shiliu.requests.models.groups import CATEGORY, CONTACT, GIVEN, LEAD, OPEN_CATEGORY, PLACE
from shiliu.requests.models.state import STANDING

CLOSED = Q(state=State.CLOSED)
# What residents said of how it went: the public sees neither whose it is nor what a few of them said.
SAID: dict[str, Any] = {"persons": True, "listed": False}
# Solved when it was reported done; what came in from elsewhere may say only when it was closed.
ON_TIME = Q(done_at__lte=F("due_at")) | Q(done_at=None, closed_at__lte=F("due_at"))
LATE = Q(done_at__gt=F("due_at")) | Q(done_at=None, closed_at__gt=F("due_at"))
# Open on a day. Not `is_open=True`, for which SQLite finds no index (`RequestQuerySet.open`).
AT_HAND = Stock("received_at", "closed_at", standing=Q(is_open__in=[True]))
ANSWERS = (State.REFUSED, State.TRANSFERRED)  # an end that tells the person where to go


def _answering(over: Over) -> QuerySet:
    """Requests with `answer_due`, when the first contact is due, and `answered_at`, when it was."""
    # Not Min, for which Django groups: of one request there is nothing to group, and it takes longer.
    first = Func(F("due_at"), function="MIN")
    contact = Milestone.objects.filter(request=OuterRef("pk"), kind=Kind.CONTACT).order_by()
    return Request.objects.annotate(
        answer_due=Coalesce(F("contact_due_at"), Subquery(contact.values_list(first)), F("due_at")),
        answered_at=Case(
            When(contacted_at__isnull=False, then=F("contacted_at")),
            When(state__in=ANSWERS, then=F("closed_at")),
        ),
        now=Value(over.now, DateTimeField()),
    )


def _overdue(over: Over) -> QuerySet:
    """As the desk's list of what is late; of a day that is over as far as the records tell."""
    end, now = over.period.after_end, over.now
    if now < end:
        return Request.objects.late(now)
    unsolved = Q(done_at=None) | Q(done_at__gte=end)
    resting = STANDING | Q(state=State.DEFERRED)
    return Request.objects.filter(unsolved, due_at__lt=end).exclude(resting)


def _became_overdue(over: Over) -> QuerySet:
    """What was not done by its deadline, or is not done and its deadline is past."""
    waits = Q(done_at=None, closed_at=None, due_at__lt=over.now) & ~STANDING
    return Request.objects.filter(LATE | waits)


# Ended while there was still time, so that nobody had to answer any more.
_SPARED = Q(state__in=[State.WITHDRAWN, State.MERGED], closed_at__lte=F("answer_due"))
_NOT_YET = Q(answer_due__gt=F("now"))

register(
    Figure(
        "requests.received",
        _("requests received"),
        "request",
        part="service",
        records=lambda over: Request.objects.all(),
        when=Flow("received_at"),
        measure=Count(),
        right="requests.view",
        daily=True,
        explain=_("Requests received in the period, by whatever way they came."),
        without=_("What was only begun and never sent is not counted; what was merged later counts."),
    ),
    Figure(
        "requests.open",
        _("requests open"),
        "request",
        part="service",
        records=lambda over: Request.objects.all(),
        when=AT_HAND,
        measure=Count(),
        right="requests.view",
        daily=True,
        explain=_("Requests that had come in by the end of the last day and had not ended by then."),
        without=_("What was refused, passed on, merged or withdrawn by then is not counted."),
    ),
    Figure(
        "requests.closed",
        _("requests closed"),
        "request",
        part="service",
        records=lambda over: Request.objects.filter(state=State.CLOSED),
        when=Flow("closed_at"),
        measure=Count(),
        right="requests.view",
        daily=True,
        explain=_("Requests that were verified and closed in the period."),
        without=_("What ended otherwise (refused, passed on, merged, withdrawn) is not counted."),
    ),
    Figure(
        "requests.on_time",
        _("closed on time"),
        "%",
        part="service",
        records=lambda over: Request.objects.filter(state__in=[State.CLOSED, State.REFUSED]),
        when=Flow("closed_at"),
        right="requests.view",
        measure=Ratio(ON_TIME, excluded=Q(state=State.REFUSED)),
        daily=True,
        explain=_(
            "Of the requests closed in the period, those reported done by their deadline: how long verifying"
            " takes does not count."
        ),
        without=_("What did not belong here is left out."),
    ),
    Figure(
        "requests.solved",
        _("solved, as residents say"),
        "%",
        part="service",
        records=lambda over: Request.objects.filter(state=State.CLOSED),
        when=Flow("closed_at"),
        **SAID,
        right="requests.view",
        measure=Ratio(Q(solved=True), excluded=Q(solved=None)),
        daily=True,
        explain=_(
            "Of the requests closed in the period, those of which the resident says that they are solved."
        ),
        without=_("Where the resident has not answered, the request is left out."),
    ),
    Figure(
        "requests.hours_to_contact",
        _("hours to first contact (median)"),
        "h",
        part="service",
        records=lambda over: Request.objects.all(),
        when=Flow("received_at"),
        measure=Median("hours_to_contact"),
        right="requests.view",
        explain=_(
            "Of the requests received in the period, half were answered within this time, "
            "in full clock hours."
        ),
        without=_("What nobody has answered yet is left out."),
    ),
)
register(
    Figure(
        "requests.response_rate",
        _("response rate"),
        "%",
        part="rates",
        records=_answering,
        when=Flow("received_at"),
        right="requests.view",
        measure=Ratio(
            Q(answered_at__lte=F("answer_due")), excluded=Q(answered_at=None) & (_SPARED | _NOT_YET)
        ),
        explain=_(
            "Of the requests received in the period, those whose person was contacted in time: by the "
            "category's first-contact milestone, or by the deadline where it has none. To be told that it "
            "does not belong here, or that it went to the petition office, counts as contact."
        ),
        without=_(
            "Left out: withdrawn or merged while there was time, and not contacted while there still is."
        ),
        moves=_(
            "What came in near the end and was not answered yet is left out until its time is up; then it "
            "counts as not answered in time."
        ),
    ),
    Figure(
        "requests.resolution_rate",
        _("resolution rate"),
        "%",
        part="rates",
        records=lambda over: Request.objects.all(),
        when=Flow("closed_at"),
        **SAID,
        right="requests.view",
        measure=Ratio(Q(solved=True) | Q(solved=None), excluded=~CLOSED),
        daily=True,
        explain=_(
            "Of the requests that ended in the period, those that are solved: the resident says so, or has "
            "said nothing and the desk verified it before closing. Not solved is what the resident says is "
            "not."
        ),
        without=_("Left out: not ours, merged, passed to petitions, withdrawn."),
    ),
    Figure(
        "requests.satisfaction_rate",
        _("satisfaction rate"),
        "%",
        part="rates",
        records=lambda over: Request.objects.filter(CLOSED),
        when=Flow("closed_at"),
        **SAID,
        right="requests.view",
        measure=Ratio(Q(satisfied=True), excluded=Q(satisfied=None)),
        daily=True,
        explain=_(
            "Of the requests closed in the period whose resident said whether they are satisfied, those who "
            "are."
        ),
        without=_("Left out: nobody was reached, or they did not answer."),
    ),
    Figure(
        "requests.dispatched",
        _("requests dispatched"),
        "request",
        part="bulletin",
        records=lambda over: Request.objects.filter(GIVEN),
        when=Flow("received_at"),
        measure=Count(),
        right="requests.view",
        daily=True,
        explain=_(
            "Requests received in the period that a unit, a team or a grid worker has or had when they ended."
        ),
        without=_("What was given back and not given anew is not counted."),
    ),
    Figure(
        "requests.closed_on_time",
        _("requests closed on time"),
        "request",
        part="bulletin",
        records=lambda over: Request.objects.filter(CLOSED, ON_TIME),
        when=Flow("closed_at"),
        measure=Count(),
        right="requests.view",
        daily=True,
        explain=_("Requests closed in the period that were reported done by their deadline."),
        without=_("What was reported done later, or ended otherwise, is not counted."),
    ),
    Figure(
        "requests.closed_late",
        _("requests closed late"),
        "request",
        part="bulletin",
        records=lambda over: Request.objects.filter(CLOSED, LATE),
        when=Flow("closed_at"),
        measure=Count(),
        right="requests.view",
        daily=True,
        explain=_("Requests closed in the period that were reported done after their deadline."),
        without=_("What was reported done in time, or ended otherwise, is not counted."),
    ),
    Figure(
        "requests.became_overdue",
        _("requests that became overdue"),
        "request",
        part="morning",
        records=_became_overdue,
        when=Flow("due_at"),
        measure=Count(),
        right="requests.view",
        explain=_("Requests whose deadline lay in the period and went by before they were reported done."),
        without=_("What is on hold with its clock standing still is not counted."),
    ),
    Figure(
        "requests.closing_rate",
        _("closing rate"),
        "%",
        part="bulletin",
        records=lambda over: Request.objects.all(),
        when=InHand("received_at", "closed_at", CLOSED),
        measure=Ratio(Q(closed_at__lt=F("period_end"))),
        right="requests.view",
        daily=True,
        explain=_(
            "Of what was closed in the period and what was still open when it ended, the part that was "
            "closed."
        ),
        without=_("What ended in another way is left out."),
    ),
    Figure(
        "requests.dissatisfied",
        _("residents not satisfied"),
        "request",
        part="bulletin",
        records=lambda over: Request.objects.filter(CLOSED, satisfied=False),
        when=Flow("closed_at"),
        measure=Count(),
        **SAID,
        right="requests.view",
        daily=True,
        explain=_("Requests closed in the period whose resident said that they are not satisfied."),
        without=_("Who was not reached or did not answer is not counted."),
    ),
    Figure(
        "requests.dissatisfied_rate",
        _("residents not satisfied, in per cent"),
        "%",
        part="bulletin",
        records=lambda over: Request.objects.filter(CLOSED),
        when=Flow("closed_at"),
        **SAID,
        right="requests.view",
        measure=Ratio(Q(satisfied=False), excluded=Q(satisfied=None)),
        daily=True,
        explain=_(
            "Of the requests closed in the period whose resident said whether they are satisfied, those who "
            "are not."
        ),
        without=_("Left out: nobody was reached, or they did not answer."),
    ),
)
register(
    Figure(
        "requests.overdue",
        _("requests overdue"),
        "request",
        part="matrix",
        records=_overdue,
        when=AT_HAND,
        measure=Count(),
        right="requests.view",
        explain=_(
            "Open requests past their deadline while it runs: not reported done, and not put off as what "
            "cannot be solved now."
        ),
        without=_("What is on hold with a deadline that stands still is not counted."),
    ),
    Figure(
        "requests.by_teams",
        _("requests that teams solved"),
        "request",
        part="matrix",
        records=lambda over: Request.objects.filter(CLOSED, team__isnull=False),
        when=ToDate("closed_at"),
        measure=Count(),
        right="requests.view",
        explain=_(
            "Requests that a volunteer team had and that were verified and closed, from the beginning to the "
            "last day."
        ),
        without=_("What a team gave back or passed on is not counted."),
    ),
)
matrix.register(
    Service("requests.by_teams", _("Last service of a team"), Within(92), last="closed_at"),
    Service("requests.open", _("Open requests"), AtMost(None)),
    Service("requests.overdue", _("Overdue requests"), AtMost(0)),
)

GROUPINGS[Request, "lead"] = LEAD
GROUPINGS[Request, "place"] = PLACE
GROUPINGS[Request, "category"] = CATEGORY
GROUPINGS[Request, "kind"] = OPEN_CATEGORY
GROUPINGS[Request, "contact"] = CONTACT
draw(
    Chart(
        "requests.by_month",
        _("requests by month and category"),
        part="service",
        figures=("requests.received",),
        groups="category",
        public_groups="kind",
        explain=_(
            "Requests by the month in which they came in: all together, and each category on the same scale."
        ),
    ),
    Chart(
        "requests.time_to_contact",
        _("time to first contact"),
        part="service",
        figures=("requests.received",),
        step=None,
        groups="contact",
        said="requests.hours_to_contact",
        explain=_(
            "Of the requests received in the period, how many were answered within so many hours. Not "
            "contacted are also those that were refused or withdrawn before."
        ),
    ),
)
# Never the code: whoever has it may read the words and answer.
publish(Request, ["category", "state", "received_at", "closed_at"], only=Q(category__is_public=True))
