from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VolunteersConfig(AppConfig):
    name = "shiliu.volunteers"
    verbose_name = _("volunteers")

    def ready(self) -> None:
        from shiliu.core import links
        from shiliu.volunteers import exchange, figures, rules  # noqa: F401
        from shiliu.volunteers.models import Team

        links.register(Team, label=str)
