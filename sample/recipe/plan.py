"""One main line: meetings with their decisions, the tasks that came of them and the records that show it."""

from datetime import date
from typing import Any

from recipe.base import TOWN, Table, Tables, table
from recipe.meetings import MEETINGS, REQUEST, Task


def _closed_meanwhile(asked: Table, category: str, since: date, until: date, used: set[str]) -> str:
    """The first request of a category that was closed in these days and shows no other task."""
    for request in asked.dicts():
        if request["category"] == category and request["state"] == "closed" and request["code"] not in used:
            if since <= request["closed_at"].date() <= until:
                used.add(request["code"])
                return str(request["code"])
    raise LookupError(f"no request of category {category} was closed from {since} to {until}")


def _task_row(code: str, decision: str, task: Task) -> tuple[Any, ...]:
    finished = task.done not in ("open", "dropped")
    state, done_on = ("done", date.fromisoformat(task.done)) if finished else (task.done, None)
    return code, TOWN, decision, task.title, task.owner, state, date.fromisoformat(task.due), done_on


def tables(asked: Table) -> Tables:
    """`asked`: the requests, some of which show that a task was done."""
    meetings: list[tuple[Any, ...]] = []
    decisions: list[tuple[Any, ...]] = []
    tasks: list[tuple[Any, ...]] = []
    evidence: list[tuple[Any, ...]] = []
    used: set[str] = set()
    for meeting in MEETINGS:
        held_on = date.fromisoformat(meeting.day)
        meetings.append((f"B{len(meetings) + 1:02}", TOWN, meeting.kind, meeting.title, held_on, meeting.agenda))
        for decision in meeting.decisions:
            decisions.append((f"D{len(decisions) + 1:02}", meetings[-1][0], decision.text))
            for task in decision.tasks:
                tasks.append(_task_row(f"K{len(tasks) + 1:02}", decisions[-1][0], task))
                for kind, code in task.evidence:
                    if kind == REQUEST:
                        code = _closed_meanwhile(asked, code, held_on, date.fromisoformat(task.done), used)
                    evidence.append((f"E{len(evidence) + 1:02}", tasks[-1][0], kind, code))
    return {
        "meetings": table("code area kind title held_on agenda", meetings),
        "decisions": table("code meeting text", decisions),
        "tasks": table("code area decision title owner state due_on done_on", tasks),
        "evidence": table("code task kind public_id", evidence),
    }
