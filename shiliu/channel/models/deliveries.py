"""What goes from the channel into the grid groups: one message per article, one delivery per group."""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shiliu.channel.models.groups import GridGroup, GroupSize
from shiliu.channel.models.pages import ArticlePage
from shiliu.core import access
from shiliu.core.areas import Scope
from shiliu.core.fields import EncryptedTextField
from shiliu.core.models import Record
from shiliu.grid.models import Located, LocatedQuerySet


class DeliveryState(models.TextChoices):
    PREPARED = "prepared", pgettext_lazy("delivery", "waits")
    SENDING = "sending", pgettext_lazy("delivery", "is being sent")
    SENT = "sent", pgettext_lazy("delivery", "sent by the bot")
    POSTED = "posted", pgettext_lazy("delivery", "posted by hand")
    FAILED = "failed", pgettext_lazy("delivery", "could not be sent")
    UNCLEAR = "unclear", pgettext_lazy("delivery", "unclear, look into the group")
    WITHDRAWN = "withdrawn", pgettext_lazy("delivery", "withdrawn")


ARRIVED = (DeliveryState.SENT, DeliveryState.POSTED)
TONES = {
    DeliveryState.PREPARED: "wait",
    DeliveryState.SENDING: "go",
    DeliveryState.SENT: "good",
    DeliveryState.POSTED: "good",
    DeliveryState.FAILED: "stop",
    DeliveryState.UNCLEAR: "stop",
    DeliveryState.WITHDRAWN: "",
}
A_DAY = timedelta(days=1)
_POSTED = Q(state="posted")
# Of the indexes: SQLite does not see that a list of states implies another.
_NOT_THERE = Q(arrived_at=None)


class Bot(Located):
    """The bot of a group. Its address is a key: whoever has it can write into the group."""

    class Vendor(models.TextChoices):
        WECOM = "wecom", _("WeCom")
        DINGTALK = "dingtalk", _("DingTalk")
        FEISHU = "feishu", _("Feishu")

    group = models.OneToOneField(GridGroup, models.CASCADE, related_name="bot")
    vendor = models.CharField(_("service"), max_length=10, choices=Vendor)
    address = EncryptedTextField(
        _("address of the bot"),
        blank=True,
        purpose=_("Sending the channel's articles into the group. A key, not a person's."),
        keep_days=30,
        keep_after="group__valid_to",
    )
    # By which its pace is counted, over all processes: a keyed digest, from which no key can be had.
    pace = models.CharField(max_length=32, editable=False)
    set_on = models.DateField(_("set on"))
    paused_until = models.DateTimeField(null=True, editable=False)
    view_right = "channel.view"

    class Meta:
        verbose_name = _("bot of a group")


class Outage(models.Model):
    """A vendor that does not answer: since when, and when it is tried again. No row where all is well."""

    vendor = models.CharField(max_length=10, choices=Bot.Vendor, primary_key=True)
    since = models.DateTimeField()
    failures = models.PositiveIntegerField(default=1)
    next_at = models.DateTimeField()
    fault = models.CharField(max_length=80)


class Message(models.Model):
    """What the groups are told of an article. The link is each group's own."""

    article = models.OneToOneField(ArticlePage, models.CASCADE, related_name="message", primary_key=True)
    text = models.TextField()
    prepared_at = models.DateTimeField()

    class Meta:
        verbose_name = _("message to the groups")
        indexes = [models.Index(fields=["-prepared_at", "-article"], name="message_newest")]

    def __str__(self) -> str:
        return self.text


class DeliveryQuerySet(LocatedQuerySet):
    def waiting_for_hand(self) -> "DeliveryQuerySet":
        """What a person has to post: the group has no bot."""
        return self.filter(_NOT_THERE, state=DeliveryState.PREPARED, by_bot=False)

    def for_bot(self) -> "DeliveryQuerySet":
        return self.filter(state=DeliveryState.PREPARED, by_bot=True)

    def lacking(self) -> "DeliveryQuerySet":
        """What has not arrived yet, and should. Without a list of states, by which PostgreSQL would expect
        a few rows only and sort all of them rather than read the first ones from an index.
        """
        return self.filter(_NOT_THERE).exclude(state=DeliveryState.WITHDRAWN)

    def lacking_within(self, scope: Scope) -> "DeliveryQuerySet":
        """The same in a scope; of several towns by the index of all that lacks, which has the order."""
        return self.lacking().filter(scope.unindexed() if scope.spans_towns else scope.q())

    def to_post_by(self, actor: Any) -> "DeliveryQuerySet":
        """What waits for somebody's hand in their areas, the oldest first."""
        scope = access.scope_of(actor, "channel.post")
        return self.lacking_within(scope).waiting_for_hand().told().order_by("made_at", "id")

    def not_arrived(self, actor: Any, right: str = "channel.post") -> "DeliveryQuerySet":
        """What has not arrived after a day where `actor` holds a right, the longest waiting first; at once,
        what is unclear or failed.
        """
        late = Q(made_at__lt=timezone.now() - A_DAY) | Q(state__in=["failed", "unclear"])
        found = self.lacking_within(access.scope_of(actor, right)).filter(late)
        return found.told().order_by("made_at", "id")

    def told(self) -> "DeliveryQuerySet":
        """With what a page says of each."""
        rows = self.select_related("group", "area", "message__article")
        return rows.defer("message__article__body")


class Delivery(Record, Located):
    """One message on its way into one group."""

    State = DeliveryState
    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries", db_index=False)
    group = models.ForeignKey(GridGroup, models.PROTECT, related_name="deliveries")
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.PREPARED)
    by_bot = models.BooleanField(_("by the bot"), default=False)
    made_at = models.DateTimeField(_("prepared on"))
    next_at = models.DateTimeField(null=True, editable=False)  # not sooner does the bot try
    claimed_at = models.DateTimeField(null=True, editable=False)
    arrived_at = models.DateTimeField(_("arrived on"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    pieces = models.PositiveSmallIntegerField(default=0, editable=False)  # how many have been sent
    fault = models.CharField(_("fault"), max_length=80, blank=True)
    view_right = "channel.view"

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery to a group")
        constraints = [
            models.UniqueConstraint(fields=["message", "group"], name="delivery_once_a_group"),
            models.CheckConstraint(
                name="delivery_arrived_with_time",
                condition=Q(state__in=["sent", "posted"], arrived_at__isnull=False)
                | (~Q(state__in=["sent", "posted"]) & Q(arrived_at=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["town", "made_at", "id"], condition=_NOT_THERE, name="delivery_of_town"),
            models.Index(
                fields=["village", "made_at", "id"], condition=_NOT_THERE, name="delivery_of_village"
            ),
            models.Index(fields=["area", "made_at", "id"], condition=_NOT_THERE, name="delivery_of_grid"),
            models.Index(
                fields=["made_at", "id", "state", "town"], condition=_NOT_THERE, name="delivery_lacking"
            ),
            models.Index(fields=["town", "-arrived_at", "-id"], condition=_POSTED, name="delivery_posted"),
            models.Index(
                fields=["next_at", "id"], condition=Q(state="prepared", by_bot=True), name="delivery_for_bot"
            ),
            models.Index(
                fields=["area", "arrived_at"],
                condition=Q(arrived_at__isnull=False),
                name="delivery_last_in_grid",
            ),
        ]

    def __str__(self) -> str:
        return self.group.name

    @property
    def tone(self) -> str:
        return TONES[DeliveryState(self.state)]


def sizes_of(groups: list[int]) -> dict[int, tuple[date, int]]:
    """The last count of each of some groups: its day and how many."""
    later = GroupSize.objects.filter(group=OuterRef("group"), day__gt=OuterRef("day"))
    rows = GroupSize.objects.filter(~Exists(later), group__in=groups)
    return {row.group_id: (row.day, row.members) for row in rows}
