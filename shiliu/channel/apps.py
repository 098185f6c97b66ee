from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelConfig(AppConfig):
    name = "shiliu.channel"
    verbose_name = _("channel")

    def ready(self) -> None:
        from shiliu.channel import actions, exchange, figures, rules, tasks  # noqa: F401
        from shiliu.channel.counting import tasks as of_counting  # noqa: F401
        from shiliu.channel.groups import actions as of_groups  # noqa: F401
        from shiliu.channel.groups import publishing  # noqa: F401 (hears of what Wagtail publishes)
        from shiliu.channel.groups import tasks as tasks_of_groups  # noqa: F401
        from shiliu.channel.models import ArticlePage, PagesState
        from shiliu.channel.official import tasks as of_official  # noqa: F401
        from shiliu.channel.reading import actions as of_reading  # noqa: F401
        from shiliu.channel.serving import token
        from shiliu.core import links, reference

        reference.STATES[PagesState] = ("pages", token.noted)
        links.register(ArticlePage, label=lambda page: page.title, url=lambda page: page.url)
