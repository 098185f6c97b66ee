"""The backend named by settings: Django's own, which looks at a kept connection before it asks through it."""

# Django's backend hooks are not in the stubs.
# mypy: disable-error-code="misc, attr-defined, no-untyped-call"

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the connection is still there: before the first statement of each request.

        Django sends a statement each time, which costs as much as one of ours. A server that went away has
        closed its end, which shows as something to read; only then is it asked.
        """
        if self.connection is None or self.connection.closed:
            return False
        watch = select.poll()
        watch.register(self.connection.fileno(), select.POLLIN | select.POLLPRI)
        return not watch.poll(0) or bool(super().is_usable())
