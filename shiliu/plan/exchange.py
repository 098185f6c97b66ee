"""The main line's files."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import links
from shiliu.core.exchange import Kind, column, register
from shiliu.core.exchange.kinds import Values
from shiliu.plan.models import Decision, Evidence, Meeting, Task


def _of_meeting(values: Values) -> Values:
    meeting = values["meeting"]
    return {"area_id": meeting.area_id, "decided_on": meeting.held_on}


def _of_task(values: Values) -> Values:
    if values["kind"] not in links.KINDS:
        kinds = "、".join(sorted(links.KINDS))
        sentence = _("“%(kind)s” cannot be linked. Use one of: %(kinds)s.")
        raise ValidationError({"kind": sentence % {"kind": values["kind"], "kinds": kinds}})
    return {"area_id": values["task"].area_id}


register(
    Kind(
        "meetings",
        Meeting,
        gettext_lazy("meetings"),
        frozen=("area", "held_on"),
        columns=[
            column("code", "编码"),
            column("area", "区域编码"),
            column("kind", "类别"),
            column("title", "会议"),
            column("held_on", "日期", past=True),
            column("agenda", "议程"),
        ],
    )
)
register(
    Kind(
        "decisions",
        Decision,
        gettext_lazy("decisions"),
        derive=_of_meeting,
        frozen=("meeting",),
        columns=[column("code", "编码"), column("meeting", "会议编码"), column("text", "议定事项")],
    )
)
register(
    Kind(
        "tasks",
        Task,
        gettext_lazy("tasks"),
        frozen=("area",),
        columns=[
            column("code", "编码"),
            column("area", "区域编码"),
            column("decision", "事项编码"),
            column("title", "任务"),
            column("owner", "责任岗位编码"),
            column("state", "状态"),
            column("due_on", "期限"),
            column("done_on", "完成日期", past=True),
        ],
    )
)
register(
    Kind(
        "evidence",
        Evidence,
        gettext_lazy("evidence of tasks"),
        derive=_of_task,
        frozen=("task",),
        columns=[
            column("code", "编码"),
            column("task", "任务编码"),
            column("kind", "记录类别"),
            column("public_id", "记录编码"),
        ],
    )
)
