"""The three reviews that an article passes before it is published: 初审, 复审, 终审.

Each is a task of Wagtail's workflow. Who may do it is asked of the posts, at that moment, and of the history
of what is reviewed: of no group, so that nothing has to be kept in step.
"""

from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.locks import WorkflowLock
from wagtail.models import Page, Revision, Task, TaskState, WorkflowState

from shiliu.channel import rules
from shiliu.channel.models.corrections import without_its_sentence
from shiliu.core.door import Refused


@dataclass(frozen=True)
class Review:
    """What is to be reviewed. area: its code. authors: who wrote what is not published yet, and who handed it
    in. passed_by: who passed another review of the same submission.
    """

    stage: str
    area: str | None
    authors: frozenset[int]
    passed_by: frozenset[int]


class ReviewLock(WorkflowLock):
    """Nobody changes what is under review but its reviewer, and others are told why they do not review it."""

    def get_message(self, user: Any) -> Any:
        why = self.task.refusal(self.object, user)
        started = _("It is under review: %(task)s.") % {"task": self.task.name}
        return f"{started} {why}" if why else None


class ReviewTask(Task):
    """One of the three reviews."""

    class Stage(models.TextChoices):
        FIRST = "first", pgettext_lazy("review", "first review")
        SECOND = "second", pgettext_lazy("review", "second review")
        FINAL = "final", pgettext_lazy("review", "final review")

    stage = models.CharField(gettext_lazy("review"), max_length=10, choices=Stage, unique=True)
    lock_class = ReviewLock
    admin_form_fields = [*Task.admin_form_fields, "stage"]
    admin_form_readonly_on_edit_fields = [*Task.admin_form_readonly_on_edit_fields, "stage"]

    class Meta:
        verbose_name = gettext_lazy("review of articles")
        verbose_name_plural = gettext_lazy("reviews of articles")

    @classmethod
    def get_description(cls) -> str:
        return _("Whoever holds a post with this review's right, and neither wrote it nor reviewed it before")

    # Who may -------------------------------------------------------------------------------------------

    def review(self, page: Page, state: WorkflowState | None = None) -> Review:
        """What is to be decided about a page, from its history."""
        it = page.specific
        state = state or it.current_workflow_state
        area = getattr(it, "area_id", None)
        if state is None:
            return Review(self.stage, area, frozenset(), frozenset())
        written = Revision.objects.filter(
            base_content_type_id=state.base_content_type_id, object_id=state.object_id
        )
        if it.live_revision_id:
            written = written.filter(pk__gt=it.live_revision_id)
        authors = {*written.values_list("user_id", flat=True), state.requested_by_id}
        passed = state.task_states.filter(status=TaskState.STATUS_APPROVED).exclude(task_id=self.pk)
        return Review(
            self.stage,
            area,
            frozenset(pk for pk in authors if pk),
            frozenset(pk for pk in passed.values_list("finished_by_id", flat=True) if pk),
        )

    def refusal(self, page: Page, user: Any) -> str:
        """Why somebody may not do this review, as a sentence; empty where they may."""
        return rules.refusal(user, self.review(page))

    # What Wagtail asks ---------------------------------------------------------------------------------

    def user_can_access_editor(self, obj: Page, user: Any) -> bool:
        """Whoever has the right reads it, also those who may not decide about it."""
        return rules.may_review(user, self.stage, getattr(obj.specific, "area_id", None))

    def locked_for_user(self, obj: Page, user: Any) -> bool:
        return bool(self.refusal(obj, user))

    def get_actions(self, obj: Page, user: Any) -> list[tuple[str, Any, bool]]:
        if self.refusal(obj, user):
            return []
        return [
            ("reject", _("Ask for changes"), True),
            ("approve", _("Pass: %(review)s") % {"review": self.name}, False),
            ("approve", _("Pass with a note: %(review)s") % {"review": self.name}, True),
        ]

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> models.QuerySet[TaskState]:
        states = TaskState.objects.filter(task=self, status=TaskState.STATUS_IN_PROGRESS)
        if not rules.holds_review(user, self.stage):
            return states.none()
        mine = [it.pk for it in states.select_related("workflow_state")[:200] if self._is_for(it, user)]
        return TaskState.objects.filter(pk__in=mine)

    def _is_for(self, state: TaskState, user: Any) -> bool:
        page = state.workflow_state.content_object
        return page is not None and not rules.refusal(user, self.review(page, state.workflow_state))

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        """Ask again in the transaction that writes: the page may have changed since the button was shown."""
        now = TaskState.objects.select_for_update().get(pk=task_state.pk)
        if now.status != TaskState.STATUS_IN_PROGRESS:
            raise Refused(_("Somebody has decided about this review in the meantime."))
        page = now.workflow_state.content_object
        why = rules.refusal(user, self.review(page, now.workflow_state))
        if why:
            raise Refused(why)
        if action_name == "approve":
            why = without_its_sentence(page.specific)
            if why:
                raise Refused(why)
            if now.revision_id != page.latest_revision_id:  # a reviewer changed it, and this one read that
                now.revision_id = page.latest_revision_id
                now.save(update_fields=["revision"])
        super().on_action(now.specific, user, action_name, **kwargs)
