from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanConfig(AppConfig):
    name = "shiliu.plan"
    verbose_name = _("plan")

    def ready(self) -> None:
        from shiliu.core import links
        from shiliu.plan import actions, exchange, figures, rules  # noqa: F401
        from shiliu.plan.models import Meeting

        links.register(Meeting, label=str)
