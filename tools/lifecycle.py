"""The way of a request as Markdown: the states, the steps and a diagram, for docs/guide/requests.md.

tools/lifecycle.py            print what the table says
tools/lifecycle.py --write    put it below the guide's heading
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "guide" / "requests.md"
HEADING = "## The table\n\n"


def markdown() -> str:
    """States, steps and diagram, in English. Django is set up."""
    from django.utils import translation

    with translation.override("en"):
        return "\n".join([*_states(), "", *_steps(), "", *_diagram(), ""])


def page(text: str) -> str:
    """The guide's text with the table brought up to date."""
    beginning, heading, _old = text.partition(HEADING)
    return beginning + heading + markdown()


def _states() -> Iterator[str]:
    from shiliu.requests.models import ENDED, WITH_LEAD, State
    from shiliu.requests.states import STAGES

    stages = ("asked", "taken on", "in hand", "done", "ended")
    yield "| state | in files | what the resident sees | open | has a lead |"
    yield "|---|---|---|---|---|"
    for state in State:
        marks = ("" if state in ENDED else "yes", "yes" if state in WITH_LEAD else "")
        yield f"| {state.label} | `{state.value}` | {stages[STAGES[state]]} | {' | '.join(marks)} |"


def _steps() -> Iterator[str]:
    from shiliu.core import access, audit
    from shiliu.requests.states import LIFECYCLE

    yield "| step | from | to | words needed | right |"
    yield "|---|---|---|---|---|"
    for step in LIFECYCLE.steps:
        sources = ", ".join(str(s.label) for s in LIFECYCLE.states if s in step.sources)
        target = step.target.label if step.target else "(stays)"
        right = audit.VERBS[step.verb].right
        words = "yes" if step.note else ""
        yield f"| `{step.verb}` | {sources} | {target} | {words} | {access.RIGHTS[right]} (`{right}`) |"


def _diagram() -> Iterator[str]:
    """Where steps lead, the several ones between two states on one arrow."""
    from shiliu.requests.models import ENDED, State
    from shiliu.requests.states import LIFECYCLE

    arrows: dict[tuple[str, str], list[str]] = {}
    for step in LIFECYCLE.steps:
        for source in LIFECYCLE.states:
            if source in step.sources and step.target not in (None, source):
                arrows.setdefault((source, step.target), []).append(step.verb.partition(".")[2])
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in State:
        yield f"    {state.value}: {state.label}"
    yield f"    [*] --> {State.RECEIVED.value}: ask"
    for (source, target), verbs in arrows.items():
        yield f"    {source} --> {target}: {', '.join(verbs)}"
    for state in ENDED:
        yield f"    {state.value} --> [*]"
    yield "```"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put it below the guide's heading")
    write = parser.parse_args(arguments).write
    sys.path.insert(0, str(REPOSITORY))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shiliu.settings")
    import django

    django.setup()
    if write:
        PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
    else:
        sys.stdout.write(markdown())


if __name__ == "__main__":
    main()
