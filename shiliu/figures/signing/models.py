"""Signed reports. Nothing here is ever changed or deleted: triggers refuse it, as for the audit."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shiliu.core.figures import Period
from shiliu.core.models import Record, User
from shiliu.grid.models import Located, LocatedQuerySet

SENTENCE = "A signed report stays as it is: sign it anew."


class KeptQuerySet(models.QuerySet):
    def visible_to(self, actor: Any) -> "KeptQuerySet":
        """A signed report is public. What of it one sees is said in `signing.reading`."""
        return self.all()

    def of(self, area: str, period: Period) -> "KeptQuerySet":
        """The signings of one period and area, the newest first."""
        return self.filter(area=area, start=period.start, end=period.end).order_by("-pk")

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError(SENTENCE)

    def delete(self) -> NoReturn:
        raise TypeError(SENTENCE)


class Kept(models.Model):
    """What is stored once."""

    save_only_refuses = True  # and sets nothing, so that `core.inserting` may pass it by
    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(SENTENCE)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(SENTENCE)


class SigningQuerySet(LocatedQuerySet):
    def waiting(self) -> "SigningQuerySet":
        return self.filter(state=Signing.State.WAITING)

    def of(self, area: str, period: Period) -> "SigningQuerySet":
        """Those of one period and area, the newest first."""
        return self.filter(area=area, start=period.start, end=period.end).order_by("-pk")


class Signing(Record, Located):
    """That somebody has pressed “sign”, and what became of it: the signed report itself, under the same code,
    is made in the background.

    seen: what was on the screen (`signing.content.State.seen`). fault: why there is no signed report. figure:
    the key of the one that could not be computed, where it is known.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("a signing", "being signed")
        SIGNED = "signed", pgettext_lazy("a signing", "signed")
        FAILED = "failed", pgettext_lazy("a signing", "not signed")

    class Fault(models.TextChoices):
        CHANGED = "changed", _("A figure or a sentence has changed in the meantime.")
        FIGURE = "figure", _("A figure could not be computed.")
        KEY = "key", _("The key that signs reports could not be read.")
        GIVEN_UP = "given_up", _("The work in the background was tried several times and came to no end.")

    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    seen = models.CharField(max_length=64)
    pressed_at = models.DateTimeField(_("signed at"))
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("signed by"))
    post = models.CharField(_("post"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    fault = models.CharField(_("reason"), max_length=10, choices=Fault, blank=True)
    figure = models.CharField(_("figure"), max_length=80, blank=True)
    view_right = "figures.view"

    objects = SigningQuerySet.as_manager()

    class Meta:
        verbose_name = _("signing of a report")
        ordering = ["code"]
        indexes = [models.Index(fields=["area", "start", "end", "-id"], name="signing_of")]
        constraints = [
            models.CheckConstraint(name="signing_days", condition=Q(end__gte=F("start"))),
            models.CheckConstraint(
                name="signing_fault",
                condition=(Q(state="failed") & ~Q(fault="")) | (~Q(state="failed") & Q(fault="")),
            ),
        ]

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)


class SignedReport(Kept, Record, Located):
    """One signing of the report of a period and area: by which post, when, and with which key.

    key: its fingerprint. digest: the SHA-256 of the signed document.
    """

    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    signed_at = models.DateTimeField(_("signed at"))
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("signed by"))
    post = models.CharField(_("post"), max_length=120)
    key = models.CharField(_("fingerprint of the key"), max_length=40)
    digest = models.CharField(max_length=64)
    view_right = "figures.view"

    objects = KeptQuerySet.as_manager()

    class Meta:
        verbose_name = _("signed report")
        ordering = ["code"]
        indexes = [models.Index(fields=["area", "start", "end", "-id"], name="signed_report_of")]
        constraints = [models.CheckConstraint(name="signed_report_days", condition=Q(end__gte=F("start")))]

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)


class SignedContent(Kept):
    """The signed document itself, with all its parts: apart, since it is long."""

    report = models.OneToOneField(SignedReport, models.PROTECT, related_name="content")
    document = models.TextField()


class SignedDay(Kept):
    """Which records stood behind a figure on one day: their keys with their marks (`signing.digests`)."""

    report = models.ForeignKey(SignedReport, models.PROTECT, related_name="days")
    figure = models.CharField(max_length=80)
    day = models.DateField()
    marks = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "figure", "day"], name="signed_day_once")]
