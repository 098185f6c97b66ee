"""The backend named by settings: Django's own, with the writers' queue and flush past the guards."""

# Django's backend hooks are not in the stubs.
# mypy: disable-error-code="misc, attr-defined"

from django.db.backends.sqlite3 import base, operations
from django.db.utils import OperationalError

from shiliu.core.sqlite.queue import QueueTimeout, WriterQueue, queue_for


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(self, style, tables, *, reset_sequences=False, allow_cascade=False):  # type: ignore[no-untyped-def]
        """TRUNCATE passes by row triggers on PostgreSQL; here the guards step aside for the flush."""
        statements = super().sql_flush(
            style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade
        )
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drops = [f"DROP TRIGGER {self.quote_name(name)}" for name, _ in triggers]
        fts = "core_searchdocument_fts"
        clear = f"INSERT INTO {fts}({fts}) VALUES ('delete-all')"  # noqa: S608  no input in it
        empty = [clear] if "core_searchdocument" in tables else []
        return drops + statements + empty + [sql for _, sql in triggers]


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    _turn: WriterQueue | None = None

    def _start_transaction_under_autocommit(self) -> None:
        if self.transaction_mode == "DEFERRED":  # a reader's snapshot (`core.snapshot`) waits for nobody
            super()._start_transaction_under_autocommit()
            return
        queue = queue_for(str(self.settings_dict["NAME"]), in_memory=self.is_in_memory_db())
        try:
            queue.enter(float(self.settings_dict["OPTIONS"].get("timeout", 5)))
        except QueueTimeout:
            raise OperationalError("database is locked: the writers' queue did not move in time") from None
        self._turn = queue
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._leave()
            raise

    def _leave(self) -> None:
        if self._turn is not None:
            queue, self._turn = self._turn, None
            queue.leave()

    def _commit(self) -> None:
        super()._commit()  # a refused COMMIT leaves the transaction open: the turn is kept until ROLLBACK
        self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._leave()
