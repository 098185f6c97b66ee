from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


def _open_the_columns(sender: Any, user: Any, **kwargs: Any) -> None:
    from shiliu.channel import actions

    actions.sync_editor(user)


class ConsoleConfig(AppConfig):
    name = "shiliu.console"

    def ready(self) -> None:
        user_logged_in.connect(_open_the_columns)
