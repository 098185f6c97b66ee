"""Mode, service to residents: what residents ask for, in its first form."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shiliu.core.fields import EncryptedTextField
from shiliu.core.models import Record
from shiliu.core.worktime import Unit as TimeUnit
from shiliu.grid.models import Located, LocatedQuerySet
from shiliu.volunteers.models import Team


class CategoryQuerySet(models.QuerySet):
    def visible_to(self, actor: object) -> "CategoryQuerySet":
        """Categories are no secret."""
        return self.all()


class Category(Record):
    """A kind of request in plain words, and how soon it is to be solved. Data, not code."""

    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    group = models.CharField(_("group"), max_length=60, blank=True)
    due_amount = models.PositiveIntegerField(_("deadline"))
    due_unit = models.CharField(_("unit of the deadline"), max_length=15, choices=TimeUnit)
    is_public = models.BooleanField(_("may be shown in public"), default=False)
    source = models.CharField(_("source of the rule"), max_length=200, blank=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("request category")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class State(models.TextChoices):
    RECEIVED = "received", _("received")
    ACCEPTED = "accepted", _("accepted")
    ASSIGNED = "assigned", _("assigned")
    DONE = "done", _("reported done")
    CLOSED = "closed", _("closed")
    REFUSED = "refused", _("not ours")


OPEN = (State.RECEIVED, State.ACCEPTED, State.ASSIGNED, State.DONE)


class RequestQuerySet(LocatedQuerySet):
    def open(self) -> "RequestQuerySet":
        return self.filter(state__in=OPEN)


class Request(Record, Located):
    """What somebody asked for: the words, where, and how it went."""

    class Source(models.TextChoices):
        WEB = "web", _("web page")
        GRID_WORKER = "grid_worker", _("grid worker")
        PHONE = "phone", _("telephone")
        COUNTER = "counter", _("counter")

    category = models.ForeignKey(Category, models.PROTECT, related_name="requests")
    words = models.TextField(_("what it is about"), max_length=4000)
    source = models.CharField(_("came by"), max_length=15, choices=Source, default=Source.WEB)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECEIVED)
    received_at = models.DateTimeField(_("received at"))
    due_at = models.DateTimeField(_("due at"))
    contacted_at = models.DateTimeField(_("first contact at"), null=True, blank=True)
    hours_to_contact = models.PositiveIntegerField(
        _("hours to first contact"), null=True, blank=True, editable=False
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="requests")
    solved = models.BooleanField(_("solved, says the resident"), null=True, blank=True)
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
    contact_phone_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    view_right = "requests.view"

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        ordering = ["code"]
        indexes = [
            models.Index(fields=["town", "state", "due_at", "id"], name="request_list"),
            models.Index(fields=["village", "state", "due_at", "id"], name="request_list_of_village"),
            models.Index(fields=["town", "received_at", "id"], name="request_by_receipt"),
        ]
        constraints = [
            models.CheckConstraint(
                name="request_closed_with_time",
                condition=Q(state__in=["closed", "refused"], closed_at__isnull=False)
                | (~Q(state__in=["closed", "refused"]) & Q(closed_at=None)),
                violation_error_message=_(
                    "A request that is closed or refused has the time of it; no other has."
                ),
            ),
            models.CheckConstraint(
                name="request_assigned_to_team",
                condition=~Q(state__in=["assigned", "done"]) | Q(team__isnull=False),
                violation_error_message=_("An assigned request names its team."),
            ),
        ]
