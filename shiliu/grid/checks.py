"""Start-up check of the roles."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from shiliu.core import access
from shiliu.grid.roles import ROLES


@register()
def roles(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"role {key} holds the right {right}, which no app registers")
        for key, role in ROLES.items()
        for right in sorted(role.rights - set(access.RIGHTS))
    ]
