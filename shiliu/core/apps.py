from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


def _seed_calendar(**kwargs: object) -> None:
    from shiliu.core import worktime

    worktime.seed()


def _watch_reference(**kwargs: object) -> None:
    from shiliu.core import reference

    reference.watch()


def _watch_days(**kwargs: object) -> None:
    from shiliu.core.figures import daily

    daily.watch()


class CoreConfig(AppConfig):
    name = "shiliu.core"

    def ready(self) -> None:
        # Also what only commands use: the web process tells of their entries, and checks their rights.
        from shiliu.core import backup, checks, rotation, rules, tasks  # noqa: F401
        from shiliu.core.exchange import load  # noqa: F401

        autodiscover_modules("findable")
        # After each upgrade: a newer chinesecalendar may know another year.
        post_migrate.connect(_seed_calendar, sender=self)
        post_migrate.connect(_watch_reference, sender=self)
        post_migrate.connect(_watch_days, sender=self)
