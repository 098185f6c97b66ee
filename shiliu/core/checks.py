"""Start-up checks of the house's own registries."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from shiliu.core import access, audit, figures


@register()
def registries(**kwargs: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    for verb in audit.VERBS.values():
        if verb.right not in access.RIGHTS:
            problems.append(Error(f"verb {verb.name} needs the right {verb.right}, which no app registers"))
    for figure in figures.FIGURES.values():
        if figure.right not in access.RIGHTS:
            problems.append(
                Error(f"figure {figure.key} needs the right {figure.right!r} to open its records")
            )
    return problems
