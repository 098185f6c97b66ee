"""The files of aid."""

from django.utils.translation import gettext_lazy

from shiliu.aid.models import Payment, Programme
from shiliu.core.exchange import Kind, column, register

register(
    Kind(
        "programmes",
        Programme,
        gettext_lazy("aid programmes"),
        columns=[
            column("code", "编码"),
            column("name", "名称"),
            column("area", "区域编码"),
            column("source", "依据"),
        ],
    )
)
register(
    Kind(
        "payments",
        Payment,
        gettext_lazy("aid payments"),
        frozen=("area", "amount", "recipient", "programme", "reverses"),
        columns=[
            column("code", "编码"),
            column("programme", "项目编码"),
            column("area", "区域编码"),
            column("recipient", "救助对象"),
            column("amount", "金额（元）"),
            column("state", "状态"),
            column("proposed_on", "申请日期"),
            column("proposed_by", "经办人"),
            column("approved_on", "审批日期"),
            column("approved_by", "审批人"),
            column("paid_on", "发放日期"),
            column("paid_by", "发放人"),
            column("reverses", "冲销编码", gettext_lazy("the code of the payment that this row takes back")),
        ],
    )
)
