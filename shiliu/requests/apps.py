from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = "shiliu.requests"
    verbose_name = _("requests")

    def ready(self) -> None:
        from shiliu.core import links
        from shiliu.requests import actions, cards, exchange, figures, rules  # noqa: F401
        from shiliu.requests.actions import escalating  # noqa: F401
        from shiliu.requests.models import Request

        links.register(Request, label=lambda request: request.code)
