from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorksConfig(AppConfig):
    name = "shiliu.works"
    verbose_name = _("works")

    def ready(self) -> None:
        from shiliu.core import links
        from shiliu.works import actions, cards, exchange, figures, rules  # noqa: F401
        from shiliu.works.models import Project

        links.register(Project, label=str)
