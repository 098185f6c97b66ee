from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GridConfig(AppConfig):
    name = "shiliu.grid"
    verbose_name = _("areas and posts")

    def ready(self) -> None:
        from shiliu.core import access
        from shiliu.grid import actions, checks, exchange, figures, scopes, tasks  # noqa: F401

        access.provide(scopes.Posts())
