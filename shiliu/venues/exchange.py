"""The offline platform's files."""

from django.utils.translation import gettext_lazy

from shiliu.core.exchange import Kind, column, register
from shiliu.core.exchange.kinds import Values
from shiliu.venues.models import Activity, Award, Lecturer, Talk, Venue, refuse_never


def _of_lecturer(values: Values) -> Values:
    return {"area_id": values["lecturer"].area_id}


def _of_venue(values: Values) -> Values:
    refuse_never(values.get("weekday"), values["valid_from"], values.get("valid_to"))
    return {"area_id": values["venue"].area_id}


register(
    Kind(
        "venues",
        Venue,
        gettext_lazy("venues"),
        frozen=("area",),
        columns=[
            column("code", "编码"),
            column("name", "名称"),
            column("kind", "类别"),
            column("area", "区域编码"),
            column("address", "地址"),
            column("hours", "开放时间"),
            column("valid_from", "启用日期"),
            column("valid_to", "停用日期"),
        ],
    )
)
register(
    Kind(
        "activities",
        Activity,
        gettext_lazy("activities in venues"),
        derive=_of_venue,
        frozen=("venue",),
        columns=[
            column("code", "编码"),
            column("venue", "活动场所编码"),
            column("title", "活动"),
            column("weekday", "星期", gettext_lazy("empty where it is on every day")),
            column("starts", "开始时间"),
            column("ends", "结束时间"),
            column("note", "说明"),
            column("valid_from", "起始日期"),
            column("valid_to", "结束日期", gettext_lazy("the last day; empty where it goes on")),
        ],
    )
)
register(
    Kind(
        "lecturers",
        Lecturer,
        gettext_lazy("lecturers"),
        frozen=("area",),
        columns=[
            column("code", "编码"),
            column("name", "姓名"),
            column("area", "区域编码"),
            column("topics", "宣讲主题"),
            column("valid_from", "起始日期"),
            column("valid_to", "结束日期"),
        ],
    )
)
register(
    Kind(
        "awards",
        Award,
        gettext_lazy("awards"),
        derive=_of_lecturer,
        frozen=("lecturer",),
        columns=[
            column("code", "编码"),
            column("lecturer", "宣讲员编码"),
            column("title", "奖项"),
            column("level", "级别"),
            column("awarded_on", "获奖日期", past=True),
        ],
    )
)
register(
    Kind(
        "talks",
        Talk,
        gettext_lazy("talks"),
        columns=[
            column("code", "编码"),
            column("area", "区域编码"),
            column("lecturer", "宣讲员编码"),
            column("venue", "活动场所编码"),
            column("title", "题目"),
            column("held_on", "日期", past=True),
            column("listeners", "听讲人次"),
        ],
    )
)
