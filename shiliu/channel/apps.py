from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelConfig(AppConfig):
    name = "shiliu.channel"
    verbose_name = _("channel")

    def ready(self) -> None:
        from shiliu.channel import actions, exchange, figures, rules, tasks  # noqa: F401
        from shiliu.channel.groups import actions as of_groups  # noqa: F401
        from shiliu.channel.groups import tasks as tasks_of_groups  # noqa: F401
        from shiliu.channel.models import ArticlePage
        from shiliu.core import links

        links.register(ArticlePage, label=lambda page: page.title, url=lambda page: page.url)
