"""The files of requests: categories with what belongs to them, and requests with the state they are in."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core.exchange import Kind, column, register
from shiliu.core.exchange.kinds import Values
from shiliu.core.personal import phone_digest
from shiliu.requests.actions import whole_hours
from shiliu.requests.models import (
    Category,
    CategoryMilestone,
    CategoryQuestion,
    Elsewhere,
    Request,
    RoutingRule,
)


def _computed(values: Values) -> Values:
    """What a request's row implies: the digest of the phone number, and the hours to first contact."""
    computed: Values = {}
    if "contact_phone" in values:
        computed["contact_phone_digest"] = _digest(values["contact_phone"])
    if "contacted_at" in values:
        computed["hours_to_contact"] = _hours(values["received_at"], values["contacted_at"])
    return computed


def _digest(phone: str) -> str:
    try:
        return phone_digest(phone) if phone else ""
    except ValidationError as error:
        raise ValidationError({"contact_phone": error.messages}) from None


def _hours(received: datetime, contacted: datetime | None) -> int | None:
    if contacted is None:
        return None
    if contacted < received:
        sentence = _("The first contact was before it was received. Correct one of the two times.")
        raise ValidationError({"contacted_at": sentence})
    return whole_hours(received, contacted)


register(
    Kind(
        "categories",
        Category,
        gettext_lazy("request categories"),
        columns=[
            column("code", "编码"),
            column("name", "名称"),
            column("name_en", "英文名称"),
            column("group", "大类"),
            column("position", "顺序"),
            column("due_amount", "时限"),
            column("due_unit", "时限单位"),
            column("is_public", "可公开"),
            column("is_offered", "可选用"),
            column("is_fallback", "不清楚时选用"),
            column("reopen_days", "可重新办理天数"),
            column("description", "说明"),
            column("keywords", "关键词"),
            column("is_urgent", "紧急"),
            column("allows_anonymous", "可匿名"),
            column("place_matters", "需要准确位置"),
            column("clock_stops", "暂缓时停止计时"),
            column("warn_percent", "预警比例"),
            column("source", "依据"),
        ],
    )
)
register(
    Kind(
        "category_milestones",
        CategoryMilestone,
        gettext_lazy("milestones of categories"),
        frozen=("category",),
        columns=[
            column("code", "编码"),
            column("category", "类别编码"),
            column("kind", "节点类型"),
            column("name", "名称"),
            column("amount", "时限"),
            column("unit", "时限单位"),
        ],
    )
)
register(
    Kind(
        "category_questions",
        CategoryQuestion,
        gettext_lazy("questions of categories"),
        frozen=("category", "name"),
        columns=[
            column("code", "编码"),
            column("category", "类别编码"),
            column("name", "字段名"),
            column("label", "问题"),
            column("label_en", "英文问题"),
            column("hint", "提示"),
            column("datatype", "回答方式"),
            column("is_required", "必答"),
            column("is_asked", "可选用"),
            column("position", "顺序"),
            column("options", "选项", gettext_lazy("of a choice, one on each line, as key=words")),
        ],
    )
)
register(
    Kind(
        "elsewhere",
        Elsewhere,
        gettext_lazy("matters for elsewhere"),
        columns=[
            column("code", "编码"),
            column("name", "事项"),
            column("name_en", "英文名称"),
            column("words", "识别词", gettext_lazy("separated by commas")),
            column("telephone", "电话"),
            column("advice", "去向"),
            column("is_emergency", "紧急"),
            column("is_offered", "可选用"),
            column("position", "顺序"),
        ],
    )
)
register(
    Kind(
        "requests",
        Request,
        gettext_lazy("requests"),
        derive=_computed,
        words=lambda request: request.findable,
        dated="received_at",
        masks=("words",),
        columns=[
            column("code", "编码"),
            column("area", "区域编码"),
            column("category", "类别编码"),
            column("words", "内容"),
            column("source", "来源"),
            column("state", "状态"),
            column("received_at", "收到时间", past=True),
            column("due_at", "时限"),
            column("contacted_at", "首次联系时间", past=True),
            column("done_at", "报告办结时间", past=True),
            column("closed_at", "结束时间", past=True),
            column("team", "队伍编码"),
            column("unit", "单位编码"),
            column("post", "岗位编码"),
            column("resume_on", "恢复办理日期"),
            column("merged_into", "并入编码"),
            column("solved", "是否解决"),
            column("satisfied", "是否满意"),
            column("is_urgent", "紧急"),
            column("address", "具体位置"),
            column("order_source", "工单来源"),
            column("order_number", "工单编号"),
            column("contact_name", "联系人"),
            column("contact_phone", "联系电话"),
            column("contact_email", "联系邮箱"),
        ],
    )
)
register(
    Kind(
        "routing_rules",
        RoutingRule,
        gettext_lazy("routing rules"),
        frozen=("area",),
        columns=[
            column("code", "编码"),
            column("name", "名称"),
            column("position", "顺序", gettext_lazy("the first rule that fits counts")),
            column("category", "类别编码"),
            column("area", "区域编码"),
            column("words", "词语", gettext_lazy("separated by commas; any one of them")),
            column("team", "队伍编码"),
            column("unit", "单位编码"),
            column("is_automatic", "自动派单"),
            column("is_active", "启用"),
        ],
    )
)
