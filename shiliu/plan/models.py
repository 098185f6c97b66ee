"""One main line: meetings, what they decide, and the tasks that come of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shiliu.core.models import Record
from shiliu.grid.models import Located, LocatedQuerySet, Post


class Meeting(Record, Located):
    """A meeting that was held."""

    class Kind(models.TextChoices):
        COMMITTEE = "committee", _("committee meeting")
        STUDY = "study", _("study session")
        COORDINATION = "coordination", _("coordination meeting")
        OTHER = "other", _("other meeting")

    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    held_on = models.DateField(_("held on"))
    agenda = models.TextField(_("agenda"), blank=True)
    view_right = "plan.view"

    class Meta:
        verbose_name = _("meeting")
        ordering = ["code"]
        indexes = [models.Index(fields=["town", "held_on", "id"], name="meeting_by_date")]

    def __str__(self) -> str:
        return self.title


class Decision(Record, Located):
    """What a meeting decided."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    text = models.TextField(_("text"))
    decided_on = models.DateField(_("decided on"))
    view_right = "plan.view"

    class Meta:
        verbose_name = _("decision")
        ordering = ["code"]


class TaskQuerySet(LocatedQuerySet):
    def open(self) -> "TaskQuerySet":
        return self.filter(state=Task.State.OPEN)


class Task(Record, Located):
    """Something to be done by a post until a day; from a decision, or on its own."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")

    title = models.CharField(_("title"), max_length=200)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="tasks")
    owner = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("owner"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    view_right = "plan.view"

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        ordering = ["code"]
        indexes = [models.Index(fields=["town", "state", "due_on", "id"], name="task_list")]
        constraints = [
            models.CheckConstraint(
                name="task_done_with_day",
                condition=Q(state="done", done_on__isnull=False) | (~Q(state="done") & Q(done_on=None)),
                violation_error_message=_(
                    "A task that is done has the day on which it was; no other has one."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Evidence(Record, Located):
    """A record of the work that shows that a task was done (`core.links`)."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=60)
    public_id = models.CharField(max_length=80)
    view_right = "plan.view"

    class Meta:
        verbose_name = _("evidence")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["task", "kind", "public_id"], name="evidence_once")]
