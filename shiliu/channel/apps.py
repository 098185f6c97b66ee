from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelConfig(AppConfig):
    name = "shiliu.channel"
    verbose_name = _("channel")

    def ready(self) -> None:
        from shiliu.channel import actions, exchange, figures, rules  # noqa: F401
        from shiliu.channel.counting import tasks as counting_tasks  # noqa: F401
        from shiliu.channel.models import ArticlePage, PagesState
        from shiliu.channel.official import tasks  # noqa: F401
        from shiliu.channel.reading import actions as reading_actions  # noqa: F401
        from shiliu.channel.serving import token
        from shiliu.core import links, reference

        reference.STATES[PagesState] = ("pages", token.noted)

        links.register(ArticlePage, label=lambda page: page.title, url=lambda page: page.url)
