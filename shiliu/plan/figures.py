"""Figures of the main line."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shiliu.core.figures import Chart, Count, Figure, Flow, Ratio, draw, publish, register
from shiliu.plan.models import Decision, Meeting, Task

register(
    Figure(
        "plan.meetings",
        _("meetings held"),
        "meeting",
        part="main_line",
        records=lambda over: Meeting.objects.all(),
        when=Flow("held_on"),
        measure=Count(),
        right="plan.view",
        explain=_("Meetings held in the period, study and coordination included."),
        without=_("Meetings that were only planned are not counted."),
    ),
    Figure(
        "plan.study_sessions",
        _("study sessions"),
        "meeting",
        part="main_line",
        records=lambda over: Meeting.objects.filter(kind=Meeting.Kind.STUDY),
        when=Flow("held_on"),
        measure=Count(),
        right="plan.view",
        explain=_("Study sessions held in the period."),
        without=_("Other meetings at which something was read are not counted."),
    ),
    Figure(
        "plan.decisions",
        _("decisions"),
        "decision",
        part="main_line",
        records=lambda over: Decision.objects.all(),
        when=Flow("decided_on"),
        measure=Count(),
        right="plan.view",
        explain=_("Decisions taken in the period."),
        without=_("Tasks that a decision led to are not counted as decisions."),
    ),
    Figure(
        "plan.tasks_on_time",
        _("tasks done on time"),
        "%",
        part="main_line",
        records=lambda over: Task.objects.all(),
        when=Flow("due_on"),
        right="plan.view",
        measure=Ratio(Q(done_on__lte=F("due_on")), excluded=Q(state=Task.State.DROPPED)),
        explain=_("Of the tasks due in the period, those done by their day."),
        without=_("Dropped tasks are left out; what was done late is not on time."),
    ),
)
register(
    Figure(
        "plan.tasks_done",
        _("tasks done"),
        "task",
        part="morning",
        records=lambda over: Task.objects.filter(state=Task.State.DONE),
        when=Flow("done_on"),
        measure=Count(),
        right="plan.view",
        explain=_("Tasks that were done in the period, whenever they were due."),
        without=_("Dropped tasks are not counted."),
    ),
    Figure(
        "plan.tasks_left",
        _("tasks due and not done"),
        "task",
        part="morning",
        records=lambda over: Task.objects.open(),
        when=Flow("due_on"),
        measure=Count(),
        right="plan.view",
        explain=_("Tasks due in the period that are not done by now."),
        without=_("Dropped tasks are not counted."),
    ),
)
publish(Meeting, ["code", "kind", "title", "held_on"])
draw(
    Chart(
        "plan.by_month",
        _("meetings and decisions by month"),
        part="main_line",
        figures=("plan.meetings", "plan.decisions"),
        explain=_(
            "Meetings by the month in which they were held, decisions by that in which they were taken."
        ),
    )
)
