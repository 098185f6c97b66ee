"""Mode, livelihood response: aid programmes and the ledger of payments."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shiliu.core.fields import EncryptedTextField, ExactDecimalField
from shiliu.core.models import Record, User
from shiliu.grid.models import Located, LocatedQuerySet


class Programme(Record, Located):
    """A kind of aid, with the rule that it stands on."""

    name = models.CharField(_("name"), max_length=80)
    source = models.CharField(_("source of the rule"), max_length=200, blank=True)
    view_right = "aid.view"

    class Meta:
        verbose_name = _("aid programme")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class PaymentQuerySet(LocatedQuerySet):
    def paid(self) -> "PaymentQuerySet":
        """What money moved for: payments, and reversals as negative ones."""
        return self.filter(state=Payment.State.PAID)


class Payment(Record, Located):
    """One sum to one household. Who proposes, who approves and who pays are three people.

    A paid row never changes; a mistake is corrected by a reversal, a row of its own with the negative
    amount.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        PAID = "paid", _("paid")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="payments")
    recipient = EncryptedTextField(
        _("recipient"),
        purpose=_("to pay the aid and to account for it"),
        keep_days=3653,
        keep_after="paid_on",
    )
    amount = ExactDecimalField(_("amount (CNY)"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    proposed_on = models.DateField(_("proposed on"))
    proposed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proposed by")
    )
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    paid_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paid by")
    )
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversal",
        to_field="code",
        verbose_name=_("takes back"),
    )
    view_right = "aid.view"

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("aid payment")
        ordering = ["code"]
        indexes = [models.Index(fields=["town", "paid_on", "id"], name="payment_by_date")]
        constraints = [
            models.CheckConstraint(
                name="payment_sign",
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                violation_error_message=_("A payment is more than 0; only a reversal is less."),
            ),
            models.CheckConstraint(
                name="payment_paid_when_approved",
                condition=~Q(state="paid") | Q(approved_on__isnull=False, paid_on__isnull=False),
                violation_error_message=_("A paid sum needs the day of its approval and of its payment."),
            ),
            models.CheckConstraint(
                name="payment_order",
                condition=Q(approved_on=None) | Q(approved_on__gte=F("proposed_on")),
                violation_error_message=_("It was approved before it was proposed. Correct one of the days."),
            ),
            models.CheckConstraint(
                name="payment_after_approval",
                condition=Q(paid_on=None) | Q(paid_on__gte=F("approved_on")),
                violation_error_message=_("It was paid before it was approved. Correct one of the days."),
            ),
            models.CheckConstraint(
                name="payment_separate_people",
                condition=(Q(approved_by=None) | Q(proposed_by=None) | ~Q(approved_by=F("proposed_by")))
                & (Q(paid_by=None) | Q(approved_by=None) | ~Q(paid_by=F("approved_by")))
                & (Q(paid_by=None) | Q(proposed_by=None) | ~Q(paid_by=F("proposed_by"))),
                violation_error_message=_(
                    "Who proposes, who approves and who pays must be different people."
                ),
            ),
        ]
