"""One main line: meetings with their decisions, the tasks that came of them and the records that show it."""

from datetime import date
from typing import Any

from recipe.base import TOWN, Table, Tables, read_toml, table


class Shown:
    """Finds for a category a request that was closed in certain days and shows no other task yet."""

    def __init__(self, asked: Table) -> None:
        self.closed = [request for request in asked.dicts() if request["state"] == "closed"]

    def one(self, category: str, since: date, until: date) -> str:
        for request in self.closed:
            if request["category"] == category and since <= request["closed_at"].date() <= until:
                self.closed.remove(request)
                return str(request["code"])
        raise LookupError(f"no request of category {category} was closed from {since} to {until}")


def _task(code: str, decision: str, task: dict[str, Any]) -> tuple[Any, ...]:
    done_on = task.get("done_on")
    state = "done" if done_on else task.get("state", "open")
    return code, TOWN, decision, task["title"], task["owner"], state, task["due_on"], done_on


def tables(asked: Table) -> Tables:
    """`asked`: the requests, some of which show that a task was done."""
    shown = Shown(asked)
    meetings: list[tuple[Any, ...]] = []
    decisions: list[tuple[Any, ...]] = []
    tasks: list[tuple[Any, ...]] = []
    evidence: list[tuple[Any, ...]] = []
    for m in read_toml("meetings.toml")["meeting"]:
        meetings.append((f"B{len(meetings) + 1:02}", TOWN, m["kind"], m["title"], m["held_on"], m["agenda"]))
        for decision in m.get("decision", []):
            decisions.append((f"D{len(decisions) + 1:02}", meetings[-1][0], decision["text"]))
            for task in decision.get("task", []):
                tasks.append(_task(f"K{len(tasks) + 1:02}", decisions[-1][0], task))
                for kind, code in map(str.split, task.get("evidence", [])):
                    if kind == "requests.request":
                        code = shown.one(code, m["held_on"], task["done_on"])
                    evidence.append((f"E{len(evidence) + 1:02}", tasks[-1][0], kind, code))
    return {
        "meetings": table("code area kind title held_on agenda", meetings),
        "decisions": table("code meeting text", decisions),
        "tasks": table("code area decision title owner state due_on done_on", tasks),
        "evidence": table("code task kind public_id", evidence),
    }
