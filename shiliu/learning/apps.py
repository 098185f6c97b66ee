from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    name = "shiliu.learning"
    verbose_name = _("learning")

    def ready(self) -> None:
        from django.urls import reverse

        from shiliu.core import links
        from shiliu.learning import cards, exchange, figures, rules  # noqa: F401
        from shiliu.learning.models import Guide, Resource

        links.register(Resource, label=str, url=lambda it: reverse("learning:resource", args=[it.code]))
        links.register(Guide, label=str, url=lambda it: reverse("learning:guide", args=[it.code]))
