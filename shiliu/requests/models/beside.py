"""What stands beside a request: parts of the work, photos and recordings, words, notices, call-backs."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shiliu.core import access
from shiliu.core.models import AuditEntry, Record
from shiliu.core.storage import private
from shiliu.grid.models import Located, LocatedQuerySet, Unit
from shiliu.requests.models.querysets import served_by
from shiliu.requests.models.request import Request
from shiliu.requests.models.state import PERSONAL, Level
from shiliu.volunteers.models import Team


class PartQuerySet(LocatedQuerySet):
    def visible_to(self, actor: Any) -> "PartQuerySet":
        """Where `actor` may see requests, and what `actor` was asked for."""
        scope = access.scope_of(actor, self.model.view_right)
        if scope.everywhere:
            return self.all()
        return self.filter(scope.q() | served_by(actor))

    def of_mine(self, actor: Any) -> "PartQuerySet":
        """What a team that `actor` leads, or a unit that `actor` staffs, was asked for."""
        return self.filter(served_by(actor))

    def waiting(self) -> "PartQuerySet":
        """Asked for and not reported, of requests that go on; the longest due first."""
        return self.filter(state=Part.State.ASKED, request__is_open__in=[True]).by_due()

    def given_back(self) -> "PartQuerySet":
        """Not theirs, they said, and nobody was asked since: the desk asks another, or needs it no longer."""
        return self.filter(_GIVEN_BACK & ~Exists(_later()))

    def missing(self) -> "PartQuerySet":
        """What was asked for and is not done: it is waited for, or was given back and nobody has it."""
        return self.filter(Q(state=Part.State.ASKED) | (_GIVEN_BACK & ~Exists(_later())))

    def by_due(self) -> "PartQuerySet":
        named = self.select_related("request__category", "area", "team", "unit")
        return named.defer(*(f"request__{name}" for name in PERSONAL)).order_by("request__due_at", "pk")


def _later() -> PartQuerySet:
    """Of a part's request, what somebody was asked for after it and has taken on."""
    later = Part.objects.filter(request=OuterRef("request"), pk__gt=OuterRef("pk"))
    return later.filter(state__in=TAKEN_ON)


# Of a part: it is being done, or was. What was withdrawn or was not theirs can be asked for anew.
TAKEN_ON = ("asked", "reported")
_GIVEN_BACK = Q(state="returned")


class Part(Record, Located):
    """Joint handling: what another team or unit does for a request that somebody else leads."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("joint handling", "asked")
        REPORTED = "reported", pgettext_lazy("joint handling", "reported done")
        RETURNED = "returned", pgettext_lazy("joint handling", "not theirs")
        WITHDRAWN = "withdrawn", pgettext_lazy("joint handling", "no longer needed")

    request = models.ForeignKey(Request, models.PROTECT, related_name="parts")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="parts")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="parts")
    words = models.CharField(_("what is to be done"), max_length=400)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    view_right = "requests.view"

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of a request")
        ordering = ["pk"]
        indexes = [models.Index(fields=["town", "id"], name="part_given_back", condition=_GIVEN_BACK)]
        constraints = [
            models.CheckConstraint(
                name="part_one_doer",
                condition=Q(team=None, unit__isnull=False) | Q(team__isnull=False, unit=None),
                violation_error_message=_("A part is done by one team or one unit."),
            ),
            models.UniqueConstraint(
                fields=["request", "team"], condition=Q(state__in=TAKEN_ON), name="part_once_a_team"
            ),
            models.UniqueConstraint(
                fields=["request", "unit"], condition=Q(state__in=TAKEN_ON), name="part_once_a_unit"
            ),
        ]

    @property
    def doer(self) -> Team | Unit | None:
        return self.team or self.unit


class Message(Record):
    """Words about a request: to the person who asked, from them, or among staff. No other place keeps them.

    asks: staff wait for an answer to it.
    """

    class Kind(models.TextChoices):
        TO_RESIDENT = "to_resident", pgettext_lazy("message", "to the resident")
        FROM_RESIDENT = "from_resident", pgettext_lazy("message", "from the resident")
        NOTE = "note", pgettext_lazy("message", "among staff")

    request = models.ForeignKey(Request, models.PROTECT, related_name="messages")
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    words = models.TextField(_("words"), max_length=4000, blank=True)
    asks = models.BooleanField(_("asks for an answer"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("message")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="message_asks_resident", condition=Q(asks=False) | Q(kind="to_resident")
            ),
        ]

    @property
    def area_id(self) -> str:
        """Where it is written: rights are asked for there."""
        return self.request.area_id


class Photo(Record):
    """A picture of what is the matter, or of what was done: encoded anew, nothing else kept."""

    class Taken(models.TextChoices):
        ASKED = "asked", pgettext_lazy("photo", "with the request")
        DONE = "done", pgettext_lazy("photo", "with the report")
        ADDED = "added", pgettext_lazy("photo", "added later")

    request = models.ForeignKey(Request, models.PROTECT, related_name="photos")
    taken = models.CharField(_("taken"), max_length=10, choices=Taken, default=Taken.ASKED)
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="photos")
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)
    picture = models.FileField(upload_to="requests", storage=private, max_length=120)
    thumbnail = models.FileField(upload_to="requests", storage=private, max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["pk"]


class Recording(Record):
    """A spoken note: encoded anew as Opus in an Ogg file, nothing else kept."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="recordings")
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="recordings")
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)
    sound = models.FileField(upload_to="requests", storage=private, max_length=120)
    seconds = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("recording")
        ordering = ["pk"]


class Notice(models.Model):
    """What a person is told about one step, by one channel: an outbox, and the record of what went out.

    entry: of the request itself, or of the one with which it goes on.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SERVICE = "service", _("text message or other service")
        CALL = "call", _("telephone call")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("notice", "waiting")
        SENT = "sent", pgettext_lazy("notice", "sent")
        FAILED = "failed", pgettext_lazy("notice", "failed")

    request = models.ForeignKey(Request, models.PROTECT, related_name="notices")
    entry = models.ForeignKey(AuditEntry, models.PROTECT, related_name="+")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(_("what went wrong"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("notice")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["request", "entry", "channel"], name="notice_once")]


class CallBackQuerySet(LocatedQuerySet):
    def waiting(self) -> "CallBackQuerySet":
        return self.filter(done_at=None)

    def to_be_called_by(self, actor: Any) -> "CallBackQuerySet":
        """Those that wait where `actor` may see how to reach the person, the longest first.

        Only whoever may close a request asks whether it is solved.
        """
        reach = access.scope_of(actor, "requests.contact")
        ask = reach & access.scope_of(actor, "requests.close")
        reasons = self.model.Reason
        mine = (Q(reason=reasons.TELL) & reach.q()) | (Q(reason=reasons.ASK) & ask.q())
        return self.waiting().filter(mine).order_by("made_at", "pk")


class CallBack(Record, Located):
    """Somebody is to be called: to be told something, or to be asked whether it is solved (回访)."""

    class Reason(models.TextChoices):
        TELL = "tell", pgettext_lazy("call-back", "to be told")
        ASK = "ask", pgettext_lazy("call-back", "to be asked whether it is solved")

    class Outcome(models.TextChoices):
        REACHED = "reached", pgettext_lazy("call-back", "reached")
        NOT_REACHED = "not_reached", pgettext_lazy("call-back", "not reached, given up")
        WRONG_NUMBER = "wrong_number", pgettext_lazy("call-back", "wrong number")
        DECLINED = "declined", pgettext_lazy("call-back", "does not want to be called")
        NOT_NEEDED = "not_needed", pgettext_lazy("call-back", "no longer needed")

    request = models.ForeignKey(Request, models.PROTECT, related_name="call_backs")
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    words = models.CharField(_("what to say"), max_length=400, blank=True)
    made_at = models.DateTimeField(_("since"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    tried_at = models.DateTimeField(_("last tried at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=15, choices=Outcome, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    view_right = "requests.view"

    objects = CallBackQuerySet.as_manager()

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        ordering = ["made_at", "pk"]
        indexes = [
            models.Index(fields=["town", "made_at", "id"], name="call_back_open", condition=Q(done_at=None)),
            models.Index(
                fields=["village", "made_at", "id"], name="call_back_open_village", condition=Q(done_at=None)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "reason"], condition=Q(done_at=None), name="call_back_once_open"
            ),
            models.CheckConstraint(
                name="call_back_done_with_outcome",
                condition=Q(done_at=None, outcome="") | (Q(done_at__isnull=False) & ~Q(outcome="")),
                violation_error_message=_("A call-back that is done has an outcome; no other has."),
            ),
        ]


class Escalation(models.Model):
    """The clock told the next level up: once for each deadline, level and reason."""

    class Reason(models.TextChoices):
        SHARE = "share", pgettext_lazy("escalation", "most of the time is gone")
        OVERDUE = "overdue", pgettext_lazy("escalation", "overdue")
        MILESTONE = "milestone", pgettext_lazy("escalation", "a milestone was missed")

    request = models.ForeignKey(Request, models.PROTECT, related_name="escalations")
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    level = models.PositiveSmallIntegerField(_("told up to"), choices=Level)
    due_at = models.DateTimeField(_("deadline"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("escalation")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "reason", "due_at"], name="escalation_once"),
        ]


class SavedList(models.Model):
    """A list of requests that somebody keeps under a name: the query of its address."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_lists")
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        verbose_name = _("saved list")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="saved_list_once",
                violation_error_message=_("You have a list of that name. Choose another one."),
            ),
        ]
