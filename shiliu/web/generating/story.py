"""What is on record of an invented request: the steps that led to its state."""

import json
from random import Random
from typing import Any

from shiliu.requests.models import State
from shiliu.requests.states import LIFECYCLE
from shiliu.web.generating.bulk import Row
from shiliu.web.generating.places import Grid

_TAKEN = ("accept", "assign", "take")
_WAYS: dict[State, tuple[str, ...]] = {
    State.RECEIVED: (),
    State.ACCEPTED: ("accept",),
    State.ASSIGNED: ("accept", "assign"),
    State.IN_PROGRESS: _TAKEN,
    State.DONE: (*_TAKEN, "report"),
    State.VERIFIED: (*_TAKEN, "report", "verify"),
    State.CLOSED: (*_TAKEN, "report", "close"),
    State.ON_HOLD: (*_TAKEN, "hold"),
    State.DEFERRED: ("accept", "defer"),
    State.REFUSED: ("refuse",),
    State.TRANSFERRED: ("transfer",),
    State.WITHDRAWN: ("accept", "withdraw"),
}
_AGAIN = ("report", "dispute")  # on the way of some that are in hand: it was not solved
_NOTES = {
    "report": "已修好，请看看。",
    "dispute": "还是不行。",
    "hold": "等配件到货。",
    "defer": "今年没有经费，明年列入计划。",
    "refuse": "不归镇里办，请拨打供电公司电话。",
    "transfer": "已转信访。",
}
_OF_RESIDENT = {"ask", "dispute", "withdraw"}


def steps(state: State, random: Random) -> list[tuple[str, str]]:
    """Verb and note of each step, asking first."""
    way = _WAYS[state]
    if state in (State.ASSIGNED, State.IN_PROGRESS) and random.random() < 0.06:
        again = (*_TAKEN, *_AGAIN)
        way = again if state == State.ASSIGNED else (*again, "take")
    return [("ask", ""), *((verb, _NOTES.get(verb, "")) for verb in way)]


def entry(
    number: int,
    values: dict[str, Any],
    verb: str,
    note: str,
    version: int,
    at: str,
    grid: Grid,
    random: Random,
) -> Row:
    """An audit entry as a row, in the order of the table's columns."""
    name = f"requests.{verb}"
    by_resident = verb in _OF_RESIDENT
    data: dict[str, Any] = {}
    if name in LIFECYCLE and (target := LIFECYCLE[name].target):
        data["state"] = str(target)
    if verb == "assign":
        data["lead"] = values.get("lead", "")
    if verb == "hold":
        data["resume_on"] = values["resume_on"]
    return (
        number,
        at,
        None if by_resident else grid.by.pk,
        "resident" if by_resident else grid.by.name,
        name,
        "requests.request",
        values["code"],
        grid.code,
        version,
        note,
        json.dumps(data, ensure_ascii=False),
        f"{random.getrandbits(128):032x}",
    )
