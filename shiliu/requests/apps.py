from django.apps import AppConfig
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    name = "shiliu.requests"
    verbose_name = _("requests")

    def ready(self) -> None:
        from django.urls import reverse

        from shiliu.core import links
        from shiliu.requests import actions, cards, exchange, figures, rules  # noqa: F401
        from shiliu.requests.actions import escalating  # noqa: F401
        from shiliu.requests.models import Category, Request

        def ask(category: Category) -> str:
            """Where one asks for it; nowhere for what is no longer offered."""
            chosen = urlencode({"category": category.code})
            return f"{reverse('requests:ask')}?{chosen}" if category.is_offered else ""

        links.register(Request, label=lambda request: request.code)
        links.register(Category, label=str, url=ask)
