"""What signing leaves to the background."""

from datetime import timedelta

from django_tasks import task

from shiliu.core.work import regularly


@task()
def finish_signing(code: str) -> None:
    """Make the signed report of a signing. Safe to run twice: what is finished is left alone."""
    from shiliu.figures.signing import finishing  # the actions enqueue this task

    finishing.finish(code)


@regularly(every=timedelta(minutes=1))
@task()
def give_up_signings() -> list[str]:
    """Say of signings whose task came to no end that it did; their codes."""
    from shiliu.figures.signing import finishing

    return finishing.give_up()
