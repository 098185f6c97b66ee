"""What an editor does with an article at the desk stands in its history in Wagtail too, beside all else."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.log_actions import LogActionRegistry, LogFormatter, log

from shiliu.channel.models import ArticlePage
from shiliu.core.access import Actor
from shiliu.core.models import User

TO_GROUPS, TYPED, IS, IS_NOT = "channel.to_groups", "channel.type_reads", "channel.is", "channel.is_not"
_GROUPS, _READS = pgettext_lazy("log", "Into the groups"), pgettext_lazy("log", "Reads")
WORDS = {
    TO_GROUPS: (_GROUPS, _("Had it sent into %(number)s groups")),
    TYPED: (_READS, _("Typed %(reads)s reads at the official account on %(day)s")),
    IS: (_READS, _("Said that it is “%(official)s” of the official account")),
    IS_NOT: (_READS, _("Said that it is not “%(official)s” of the official account")),
}


def tell(article: ArticlePage, action: str, by: Actor, data: Mapping[str, Any]) -> None:
    """In the transaction of the change, as the audit entry; a program has no place in Wagtail's history."""
    if isinstance(by, User):
        log(instance=article, action=action, user=by, data=dict(data))


class _Sentence(LogFormatter):
    sentence: Any = ""

    def format_message(self, log_entry: Any) -> str:
        return str(self.sentence) % log_entry.data


def register(actions: LogActionRegistry) -> None:
    for name, (label, sentence) in WORDS.items():
        actions.register_action(name)(type("Told", (_Sentence,), {"label": label, "sentence": sentence}))
