"""The files of aid."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.aid.models import Payment, Programme
from shiliu.core.exchange import Kind, column, register
from shiliu.core.exchange.kinds import Values


class PaymentKind(Kind):
    """The ledger's rows: what was paid stays as it is, by this door too."""

    def update(self, obj: Payment, values: Values) -> None:
        if obj.state == Payment.State.PAID:
            sentence = _("A sum that was paid out does not change. Add a row that takes it back.")
            raise ValidationError(sentence)
        super().update(obj, values)


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
    PaymentKind(
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
            column("proposed_on", "申请日期", past=True),
            column("proposed_by", "经办人"),
            column("approved_on", "审批日期", past=True),
            column("approved_by", "审批人"),
            column("paid_on", "发放日期", past=True),
            column("paid_by", "发放人"),
            column("reverses", "冲销编码", gettext_lazy("the code of the payment that this row takes back")),
        ],
    )
)
