"""Every morning, the official account's figures of yesterday."""

import logging
from datetime import time, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django_tasks import task

from shiliu.channel.official import actions
from shiliu.channel.official.client import Client, Unavailable
from shiliu.core.work import regularly
from shiliu.grid.town import town

log = logging.getLogger("shiliu.reads")
DELAYED = gettext_noop("The figures of that day are not complete yet. They are asked for again.")
BACK = 7  # days that are asked for again if no figures came


@regularly(at=time(9, 20))
@task()
def fetch_official_reads() -> None:
    """Of yesterday, and of the days before of which none came; they are there from about eight o'clock."""
    here, today = town(), timezone.localdate()
    if not (settings.WECHAT_APPID and settings.WECHAT_SECRET) or here is None:
        return
    client = Client()
    for day in actions.missing(today - timedelta(days=n) for n in range(BACK, 0, -1)):
        try:
            readers = client.readers(day)
            published = client.published(day)
        except Unavailable as why:
            actions.note(day, error=str(why))
            log.warning("figures of the official account for %s: %s", day, why)
            if not why.later:
                return
            continue
        actions.keep(day, readers, published, here)
        if readers.delayed:  # they are counted now as far as they go, and asked for again tomorrow
            actions.note(day, articles=len(readers.by_msgid), error=_(DELAYED))
