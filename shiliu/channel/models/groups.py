"""The chat groups of the grids, which the channel reaches."""

from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from shiliu.core import receipts
from shiliu.core.models import Record
from shiliu.grid.models import Dated, Located, LocatedDatedQuerySet, ends_after_start


def new_link() -> str:
    return get_random_string(7, receipts.ALPHABET.lower())


class GridGroup(Record, Located, Dated):
    """A chat group of a grid, on whatever service; its members are known only as a number."""

    class Service(models.TextChoices):
        WECHAT = "wechat", _("WeChat")
        WECOM = "wecom", _("WeCom")
        DINGTALK = "dingtalk", _("DingTalk")
        FEISHU = "feishu", _("Feishu")
        OTHER = "other", _("other")

    name = models.CharField(_("name"), max_length=80)
    # In the addresses that are posted there; it tells groups apart, and lets nobody in anywhere.
    link = models.CharField(_("code in links"), max_length=12, unique=True, default=new_link, editable=False)
    service = models.CharField(_("service"), max_length=10, choices=Service, default=Service.WECHAT)
    view_right = "channel.view"

    objects = LocatedDatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("grid group")
        ordering = ["code"]
        constraints = [ends_after_start("grid_group_dates")]

    def __str__(self) -> str:
        return self.name


class GroupSize(Located):
    """How many members a group had on a day, as typed or imported."""

    group = models.ForeignKey(GridGroup, models.PROTECT, related_name="sizes")
    day = models.DateField(_("day"))
    members = models.PositiveIntegerField(_("members"))
    view_right = "channel.view"

    class Meta:
        verbose_name = _("members of a group")
        constraints = [models.UniqueConstraint(fields=["group", "day"], name="group_size_once_a_day")]
