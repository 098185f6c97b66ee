"""What a group reads of an article: its title, two sentences, and a link that is the group's own."""

import re
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.html import strip_tags

from shiliu.channel.models import ArticlePage, Delivery, GridGroup

SENTENCES = 2
LONGEST = 400  # characters of what may be no sentences at all
TEXT_BLOCKS = ("paragraph", "text", "lead")
_END = re.compile(r"(?<=[。！？!?…])|(?<=\.)(?=\s)|\n+")


def text_of(article: ArticlePage) -> str:
    """The title, and two sentences from the summary, else from the text."""
    blocks = (strip_tags(str(it.value)) for it in article.body if it.block_type in TEXT_BLOCKS)
    told = article.summary.strip() or "\n".join(blocks)
    return f"{article.title}\n{two_sentences(told)}".strip()


def two_sentences(text: str) -> str:
    sentences = [part for part in _END.split(text) if part and part.strip()]
    said = "".join(sentences[:SENTENCES]).strip()
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def link_of(group: GridGroup, article: ArticlePage) -> str:
    return f"{settings.BASE_URL}{reverse('group_link', args=[group.link, article.code])}"


def whole_text(delivery: Delivery) -> str:
    """What is sent, or copied."""
    message = delivery.message
    return f"{message.text}\n{link_of(delivery.group, message.article)}"


def target_of(link: str, code: str) -> str | None:
    """Where a group's link leads: to the article, which is told from which group; None for what is none."""
    group = GridGroup.objects.filter(link=link).first()
    article = ArticlePage.objects.live().public().filter(code=code).first() if group else None
    if group is None or article is None or article.url is None:
        return None
    return f"{article.url}?{urlencode({'g': group.link})}"
