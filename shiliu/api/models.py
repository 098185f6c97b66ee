"""Who may come in by a program: a client of Open311 by its key, a member of staff by an access token.

Of a key or token only the digest is kept; it is shown once, when it is made.
"""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shiliu.core.fields import EncryptedTextField
from shiliu.core.models import Record
from shiliu.grid.models import Located, LocatedQuerySet


class ClientQuerySet(LocatedQuerySet):
    def active(self) -> "ClientQuerySet":
        return self.filter(revoked_at=None)

    def listed(self) -> "ClientQuerySet":
        """The active ones first, by name."""
        return self.select_related("area").order_by(models.F("revoked_at").asc(nulls_first=True), "name")


class Client(Record, Located):
    """A program of somebody else's that files requests by Open311, in one town.

    answers_with_token: it is given a token instead of the id, to be asked at /open311/tokens/.
    """

    name = models.CharField(_("name"), max_length=80)
    contact_email = EncryptedTextField(
        _("contact's e-mail"),
        purpose=_("to reach whoever runs the program"),
        keep_days=180,
        keep_after="revoked_at",
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    per_minute = models.PositiveSmallIntegerField(_("requests a minute at most"), default=60)
    answers_with_token = models.BooleanField(_("is answered with a token"), default=False)
    made_at = models.DateTimeField(_("made at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    view_right = "api.manage"

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("program with a key")
        verbose_name_plural = _("programs with a key")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="client_per_minute",
                condition=Q(per_minute__gte=1, per_minute__lte=6000),
                violation_error_message=_("The limit is from 1 to 6,000 a minute."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AccessTokenQuerySet(models.QuerySet):
    def good_on(self, day: date) -> "AccessTokenQuerySet":
        """Those that open something on a day; of an account that is switched off none does."""
        return self.filter(revoked_at=None, expires_on__gte=day, user__is_active=True)

    def of(self, user: object) -> "AccessTokenQuerySet":
        """A person's own, the newest first."""
        return self.filter(user=user).order_by("-made_at", "-pk")


class AccessToken(Record):
    """By which a member of staff lets a program work in their name: with the rights of their posts, no more.

    expires_on: the last day on which it opens anything. last_used_on: a day, not a trail.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="access_tokens")
    name = models.CharField(_("what it is for"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"))
    expires_on = models.DateField(_("last day"))
    last_used_on = models.DateField(_("last used on"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name

    def state_on(self, day: date) -> str:
        """Whether it opens anything: good, expired or revoked."""
        if self.revoked_at:
            return "revoked"
        return "good" if day <= self.expires_on else "expired"
