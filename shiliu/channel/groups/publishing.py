"""Wagtail publishes and withdraws articles, and says so."""

from typing import Any

from django.utils import timezone
from wagtail.signals import page_published, page_unpublished

from shiliu.channel.groups import preparing, tasks
from shiliu.channel.models import ArticlePage, Message


def _published(instance: Any, **kwargs: Any) -> None:
    made = Message.objects.filter(article=instance.pk).exists()
    if made or preparing.is_news(instance, timezone.now()):
        tasks.prepare_for_groups.enqueue(instance.pk)


def _unpublished(instance: Any, **kwargs: Any) -> None:
    preparing.withdraw(instance)


page_published.connect(_published, sender=ArticlePage, dispatch_uid="groups.published")
page_unpublished.connect(_unpublished, sender=ArticlePage, dispatch_uid="groups.unpublished")
