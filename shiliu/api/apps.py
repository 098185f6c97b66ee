from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "shiliu.api"

    def ready(self) -> None:
        from shiliu.api import actions  # noqa: F401  its verbs and rights
