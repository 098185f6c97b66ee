"""What went wrong with a delivery, in words that say what to do."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from shiliu.channel.models import Bot

_KEYWORD = _("the bot takes only texts with its keyword: remove the keyword, or use a signature")
_KEY = _("the bot's address is no longer valid: copy it anew from the group")
_SIGNATURE = _("the signature does not fit: type the bot's secret anew")
_PLACE = _("the bot takes no texts from this server's address: add it in the bot's settings")

WORDS: dict[tuple[str, str], Any] = {
    ("wecom", "code 93000"): _KEY,
    ("wecom", "code 40058"): _("the service does not accept the text"),
    ("dingtalk", "code 310000"): _(
        "the bot asks for a keyword or a signature: remove the keyword, and type the secret"
    ),
    ("dingtalk", "code 300001"): _KEY,
    ("dingtalk", "code 300005"): _KEY,
    ("feishu", "code 19001"): _KEY,
    ("feishu", "code 19021"): _SIGNATURE,
    ("feishu", "code 19022"): _PLACE,
    ("feishu", "code 19024"): _KEYWORD,
    ("", "no connection"): _("the service does not answer"),
    ("", "cut off"): _("the connection was cut off while sending"),
    ("", "no answer in time"): _("no answer came in time"),
    ("", "stopped while sending"): _("the server stopped while sending"),
    ("", "key missing"): _("the bot's address cannot be read: set the bot anew"),
    ("", "no bot"): _("the bot was removed"),
    ("", "text changed"): _("half of it was sent, then the article was changed"),
}


def in_words(vendor: str, fault: str) -> Any:
    """A sentence where one is known, else what the service said (a number)."""
    return WORDS.get((vendor, fault)) or WORDS.get(("", fault)) or fault


def told(data: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry of the audit holds of a bot, for its sentence: service and fault in words."""
    words = dict(data)
    if vendor := data.get("vendor"):
        words["vendor"] = dict(Bot.Vendor.choices).get(vendor, vendor)
    if fault := data.get("fault"):
        words["fault"] = in_words(data.get("vendor", ""), fault)
    return words
