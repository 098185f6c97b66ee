from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


def _open_the_admin(sender: Any, user: Any, **kwargs: Any) -> None:
    from shiliu.console import wagtail

    wagtail.sync(user)


class ConsoleConfig(AppConfig):
    name = "shiliu.console"

    def ready(self) -> None:
        from shiliu.console import tasks  # noqa: F401

        user_logged_in.connect(_open_the_admin)
