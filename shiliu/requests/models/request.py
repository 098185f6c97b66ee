"""A request: what somebody asked for, and how it went."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shiliu.core.fields import EncryptedTextField, ExactDecimalField
from shiliu.core.models import Record
from shiliu.core.personal import without_numbers
from shiliu.grid.models import Area, Located, Post, Unit
from shiliu.requests.models.categories import Category, Kind
from shiliu.requests.models.querysets import RequestQuerySet
from shiliu.requests.models.state import (
    ENDED,
    OPEN,
    STATE_TONES,
    UNSATISFIED,
    UNSOLVED,
    URGENT,
    WITH_LEAD,
    Level,
    State,
)
from shiliu.volunteers.models import Team


class Request(Record, Located):
    """What somebody asked for: the words, where, and how it went.

    Its code is the receipt: whoever has it may read how it goes and answer. So it is never published.
    """

    class Source(models.TextChoices):
        WEB = "web", _("web page")
        GRID_WORKER = "grid_worker", _("grid worker")
        PHONE = "phone", _("telephone")
        COUNTER = "counter", _("counter")
        HOTLINE = "hotline", _("12345 hotline")
        OPEN311 = "open311", _("another program")

    # Each index makes each request that comes in dearer: what begins an index below has none of its own.
    area = models.ForeignKey(
        Area, models.PROTECT, to_field="code", related_name="+", verbose_name=_("area"), db_index=False
    )
    category = models.ForeignKey(Category, models.PROTECT, related_name="requests")
    words = models.TextField(_("what it is about"), max_length=4000)
    source = models.CharField(_("came by"), max_length=15, choices=Source, default=Source.WEB)
    state = models.CharField(_("state"), max_length=15, choices=State, default=State.RECEIVED)
    is_open = models.GeneratedField(
        expression=models.ExpressionWrapper(Q(state__in=OPEN), models.BooleanField()),
        output_field=models.BooleanField(_("open")),
        db_persist=True,
    )
    received_at = models.DateTimeField(_("received at"))
    due_at = models.DateTimeField(_("due at"))
    contacted_at = models.DateTimeField(_("first contact at"), null=True, blank=True)
    contact_due_at = models.DateTimeField(
        _("first contact was due at"), null=True, blank=True, editable=False
    )  # where no milestone says it; later deadlines leave it
    hours_to_contact = models.PositiveIntegerField(
        _("hours to first contact"), null=True, blank=True, editable=False
    )
    done_at = models.DateTimeField(_("reported done at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    reopened_at = models.DateTimeField(_("last reopened at"), null=True, blank=True, editable=False)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="requests", db_index=False
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="requests", db_index=False
    )
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="requests", db_index=False
    )
    first_post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    resume_on = models.DateField(_("goes on from"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    solved = models.BooleanField(_("solved, says the resident"), null=True, blank=True)
    satisfied = models.BooleanField(_("satisfied, says the resident"), null=True, blank=True)
    answers = models.JSONField(_("answers to the category's questions"), default=dict, blank=True)
    address = models.CharField(_("where exactly"), max_length=200, blank=True)
    lat = ExactDecimalField(_("latitude"), decimals=6, null=True, blank=True)
    long = ExactDecimalField(_("longitude"), decimals=6, null=True, blank=True)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    waits_for_resident = models.BooleanField(_("waits for the resident's answer"), default=False)
    wrote_at = models.DateTimeField(_("the resident's words wait since"), null=True, blank=True)
    runs_since = models.DateTimeField(_("its deadline runs since"), null=True, blank=True, editable=False)
    held_at = models.DateTimeField(_("its deadline stands still since"), null=True, blank=True)
    alarm_at = models.DateTimeField(_("told higher up at"), null=True, blank=True, editable=False)
    escalated_to = models.PositiveSmallIntegerField(_("told up to"), default=Level.NOBODY, choices=Level)
    order_source = models.CharField(_("work order of"), max_length=20, blank=True)
    order_number = models.CharField(_("number of the work order"), max_length=60, blank=True)
    order_answered_at = models.DateTimeField(_("answer handed back at"), null=True, blank=True)
    due_is_given = models.BooleanField(_("its deadline came with it"), default=False)
    contact_name = EncryptedTextField(
        _("contact's name"),
        blank=True,
        purpose=_("to answer the request"),
        keep_days=180,
        keep_after="closed_at",
    )
    contact_phone = EncryptedTextField(
        _("contact's phone"),
        blank=True,
        purpose=_("to answer the request"),
        keep_days=180,
        keep_after="closed_at",
    )
    contact_email = EncryptedTextField(
        _("contact's e-mail"),
        blank=True,
        purpose=_("to tell how the request goes"),
        keep_days=180,
        keep_after="closed_at",
    )
    contact_phone_digest = models.CharField(max_length=64, blank=True, editable=False)
    view_right = "requests.view"

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["code"]
        indexes = [
            models.Index(fields=["town", "is_open", "due_at", "id", "state"], name="request_list"),
            models.Index(fields=["village", "is_open", "due_at", "id"], name="request_list_of_village"),
            models.Index(fields=["area", "is_open", "due_at", "id"], name="request_list_of_grid"),
            models.Index(
                fields=["team", "is_open", "due_at", "id"],
                name="request_list_of_team",
                condition=Q(team__isnull=False),
            ),
            # In the order of receipt, and with what figures of all that ever came in ask for besides.
            models.Index(
                fields=["town", "received_at", "id", "closed_at", "state", "hours_to_contact"],
                name="request_by_receipt",
            ),
            models.Index(fields=["village", "received_at", "id"], name="request_receipt_of_village"),
            models.Index(fields=["area", "received_at", "id"], name="request_receipt_of_grid"),
            models.Index(
                fields=["area", "closed_at", "id"],
                name="request_by_closing",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(
                fields=["village", "closed_at", "id"],
                name="request_closing_of_village",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(
                fields=["town", "closed_at", "id"],
                name="request_closing_of_town",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(
                fields=["unit", "is_open", "due_at", "id"],
                name="request_list_of_unit",
                condition=Q(unit__isnull=False),
            ),
            models.Index(
                fields=["post", "is_open", "due_at", "id"],
                name="request_list_of_post",
                condition=Q(post__isnull=False),
            ),
            models.Index(
                fields=["merged_into"], name="request_merged", condition=Q(merged_into__isnull=False)
            ),
            models.Index(fields=["contact_phone_digest"], name="request_telephone"),
            models.Index(
                fields=["alarm_at", "id"], name="request_alarm", condition=Q(alarm_at__isnull=False)
            ),
            models.Index(
                fields=["resume_on", "id"], name="request_resume", condition=Q(resume_on__isnull=False)
            ),
            # Of all areas together: for whoever works for a whole county.
            models.Index(
                fields=["due_at", "id", "state", "town"], name="request_open", condition=Q(is_open=True)
            ),
            models.Index(fields=["received_at", "id"], name="request_receipts"),
            models.Index(
                fields=["closed_at", "id"], name="request_closings", condition=Q(closed_at__isnull=False)
            ),
            # Of all areas together, since few are in them.
            models.Index(
                fields=["due_at", "id", "town"], name="request_urgent", condition=URGENT & Q(is_open=True)
            ),
            models.Index(
                fields=["due_at", "id", "town"],
                name="request_asked",
                condition=Q(is_open=True, waits_for_resident=True),
            ),
            models.Index(
                fields=["due_at", "id", "town"],
                name="request_again",
                condition=Q(is_open=True, reopened_at__isnull=False),
            ),
            models.Index(
                fields=["wrote_at", "id", "town"], name="request_wrote", condition=Q(wrote_at__isnull=False)
            ),
            models.Index(
                fields=["received_at", "id", "town"], name="request_unsatisfied", condition=UNSATISFIED
            ),
            models.Index(fields=["order_number"], name="request_order", condition=~Q(order_number="")),
            models.Index(
                fields=["town", "closed_at", "id"],
                name="request_answer_due",
                condition=Q(closed_at__isnull=False)
                & ~Q(order_number="")
                & (Q(order_answered_at=None) | Q(order_answered_at__lt=F("closed_at"))),
            ),
            models.Index(
                fields=["town", "order_answered_at", "id"],
                name="request_answered",
                condition=Q(order_answered_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="request_closed_with_time",
                condition=Q(state__in=ENDED, closed_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(closed_at=None)),
                violation_error_message=_("A request that has ended has the time of it; no other has."),
            ),
            models.CheckConstraint(
                name="request_has_lead",
                condition=~Q(state__in=WITH_LEAD)
                | Q(team__isnull=False)
                | Q(unit__isnull=False)
                | Q(post__isnull=False),
                violation_error_message=_("An assigned request names its team, unit or post."),
            ),
            models.CheckConstraint(
                name="request_one_lead",
                condition=Q(team=None, unit=None) | Q(team=None, post=None) | Q(unit=None, post=None),
                violation_error_message=_("One leads: a team, a unit or a post. Others join it."),
            ),
            models.CheckConstraint(
                name="request_hold_until",
                condition=Q(state=State.ON_HOLD, resume_on__isnull=False)
                | (~Q(state=State.ON_HOLD) & Q(resume_on=None)),
                violation_error_message=_("A request on hold says when it goes on; no other does."),
            ),
            models.CheckConstraint(
                name="request_merged_into",
                condition=Q(state=State.MERGED, merged_into__isnull=False)
                | (~Q(state=State.MERGED) & Q(merged_into=None)),
                violation_error_message=_("A merged request names the one that goes on; no other does."),
            ),
            models.CheckConstraint(
                name="request_not_into_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
                violation_error_message=_("A request cannot be merged into itself. Choose the other one."),
            ),
            models.UniqueConstraint(
                fields=["order_source", "order_number"],
                condition=~Q(order_number=""),
                name="request_order_once",
                violation_error_message=_("This work order is on record already. Open that request."),
            ),
            models.CheckConstraint(
                name="request_place_whole",
                condition=Q(lat=None, long=None) | Q(lat__isnull=False, long__isnull=False),
                violation_error_message=_("A place has a latitude and a longitude."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_state_display(self) -> str:
        """The state in words. Django's own would translate all states for each row of a list."""
        return str(State(self.state).label)

    def get_escalated_to_display(self) -> str:
        return str(Level(self.escalated_to).label)

    @property
    def headline(self) -> str:
        """What it is called in a list: its words, or that it was spoken."""
        return self.words or str(_("Voice note"))

    @property
    def findable(self) -> str:
        """The words under which it is found."""
        return f"{self.code} {self.words}"

    @property
    def words_for_others(self) -> str:
        """`headline` for whom contact details are not meant; so for `address_for_others`.

        Whoever writes here is asked about the numbers in their words; those of a work order come by file.
        """
        return without_numbers(self.headline) if self.order_number else self.headline

    @property
    def address_for_others(self) -> str:
        return without_numbers(self.address) if self.order_number else self.address

    @property
    def settled_at(self) -> datetime | None:
        """When it was clear what became of it: of what was merged, when the one that goes on has ended."""
        return (self.merged_into or self).closed_at

    @property
    def tone(self) -> str:
        """How its state is marked on a page."""
        return STATE_TONES[State(self.state)]

    @property
    def is_unsolved(self) -> bool:
        """Whether somebody still has to solve it, so that its deadline runs; on hold it may stand still."""
        return self.state in UNSOLVED or (self.state == State.ON_HOLD and self.held_at is None)

    @property
    def clock_began(self) -> datetime:
        """Since when its deadline runs: the receipt, or when it was reopened or taken up; less the pauses."""
        return self.runs_since or self.received_at

    def open_parts(self) -> "models.QuerySet[Any]":
        """Of joint handling, what was asked for and is not reported, nor taken on by another."""
        return self.parts.missing().select_related("team", "unit")

    @property
    def lead(self) -> Team | Unit | Post | None:
        """Who has it."""
        return self.team or self.unit or self.post


class Milestone(models.Model):
    """Of a request, one more deadline besides `due_at`, and when it was met."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="milestones")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=60, blank=True)
    due_at = models.DateTimeField(_("due at"))
    met_at = models.DateTimeField(_("met at"), null=True, blank=True)
    told_at = models.DateTimeField(_("told higher up at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("milestone")
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="milestone_alarm", condition=Q(met_at=None, told_at=None)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "name"], name="milestone_once"),
        ]

    @property
    def title(self) -> str:
        return self.name or self.get_kind_display()
