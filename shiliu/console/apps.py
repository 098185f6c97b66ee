from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "shiliu.console"
