"""The queue of background work that settings name: django-tasks-db's, with its rows stored by `inserting`."""

from typing import Any

from django_tasks.base import Task
from django_tasks.utils import normalize_json
from django_tasks_db import DatabaseBackend


class Backend(DatabaseBackend):
    def _task_to_db_task(self, task: Task[Any, Any], args: Any, kwargs: Any) -> Any:  # type: ignore[override]
        from django_tasks_db.models import DBTaskResult  # models are not there yet when settings are read

        from shiliu.core import inserting

        values: dict[str, Any] = {
            "args_kwargs": normalize_json({"args": args, "kwargs": kwargs}),
            "priority": task.priority,
            "task_path": task.module_path,
            "queue_name": task.queue_name,
            "run_after": task.run_after,
            "backend_name": self.alias,
        }
        row: DBTaskResult[Any, Any] = DBTaskResult(**values)
        inserting.insert(row)
        return row
