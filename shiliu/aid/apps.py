from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AidConfig(AppConfig):
    name = "shiliu.aid"
    verbose_name = _("aid")

    def ready(self) -> None:
        from shiliu.aid import actions, exchange, figures, rules  # noqa: F401
