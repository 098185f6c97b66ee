from django.apps import AppConfig
from django.urls import register_converter


class FiguresConfig(AppConfig):
    name = "shiliu.figures"

    def ready(self) -> None:
        from shiliu.figures import cards, rules  # noqa: F401
        from shiliu.figures.matrix import thresholds  # noqa: F401
        from shiliu.figures.periods import PeriodConverter
        from shiliu.figures.sentences import actions as _sentences  # noqa: F401
        from shiliu.figures.signing import actions as _signing  # noqa: F401
        from shiliu.figures.signing import states, tasks  # noqa: F401

        register_converter(PeriodConverter, "period")
