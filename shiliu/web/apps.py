from django.apps import AppConfig
from django.forms import Field
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "shiliu.web"

    def ready(self) -> None:
        # Django's own says what the field is (“必需字段”), not what to do.
        Field.default_error_messages["required"] = _("Please fill this in.")
