"""Where a test run's processor time goes; a clock on the wall says little on a machine that others use too.

    tools/test.py --only sqlite -- -p tools.spent                       the dearest files, tests and fixtures
    SPENT=spent.jsonl tools/test.py --only sqlite -- -p tools.spent     and every test's seconds, a line each

Counted are this process with its threads, and every process that it has started and waited for. A server of
PostgreSQL and a browser that goes on are others' children, and are not in it.
"""

import json
import os
import time
from collections import defaultdict
from collections.abc import Generator

import pytest

SHOWN = 30
by_test: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
by_fixture: dict[str, list[float]] = defaultdict(lambda: [0.0, 0])
inner: list[float] = []  # of the fixtures being made: what those within have cost


def now() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def phase(item: pytest.Item, name: str) -> Generator[None, object, object]:
    began = now()
    try:
        return (yield)
    finally:
        by_test[item.nodeid][name] += now() - began


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    return (yield from phase(item, "setup"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    return (yield from phase(item, "call"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    return (yield from phase(item, "teardown"))


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
    began = now()
    inner.append(0.0)
    try:
        return (yield)
    finally:
        whole = now() - began
        entry = by_fixture[f"{fixturedef.argname} ({fixturedef.scope})"]
        entry[0] += whole - inner.pop()
        entry[1] += 1
        if inner:
            inner[-1] += whole


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    by_file: dict[str, list[float]] = defaultdict(lambda: [0.0, 0])
    for test, phases in by_test.items():
        entry = by_file[test.partition("::")[0]]
        entry[0] += sum(phases.values())
        entry[1] += 1
    tests = {test: [sum(phases.values()), 1.0] for test, phases in by_test.items()}
    for title, table in (("files", by_file), ("tests", tests), ("fixtures", by_fixture)):
        terminalreporter.section(f"processor seconds of the dearest {title}")
        for name, (seconds, times) in sorted(table.items(), key=lambda row: -row[1][0])[:SHOWN]:
            terminalreporter.line(f"{seconds:8.2f} {int(times):6} × {name}")
    terminalreporter.section(f"{now():.0f} s of processor time")
    if path := os.environ.get("SPENT"):
        with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123
            for test, phases in by_test.items():
                file.write(json.dumps({"test": test} | phases) + "\n")
            for fixture, (seconds, times) in by_fixture.items():
                file.write(json.dumps({"fixture": fixture, "seconds": seconds, "times": times}) + "\n")
