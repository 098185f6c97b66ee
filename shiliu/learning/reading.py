"""A guide's questions as they are read: numbered, with letters for the outcomes, as on paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_uppercase

from shiliu.core.languages import DEFAULT
from shiliu.learning.models import YES_NO
from shiliu.learning.tree import YES, Outcome, Tree

TONES = {"likely": "good", "unlikely": "stop", "ask": "wait"}


@dataclass(frozen=True)
class Way:
    """An answer, and what comes next: the number of a question, or the letter of an outcome."""

    words: str
    to: str
    question: int | None
    outcome: str


@dataclass(frozen=True)
class Asked:
    number: int
    name: str
    words: str
    ways: list[Way]


@dataclass(frozen=True)
class End:
    letter: str
    outcome: Outcome

    @property
    def tone(self) -> str:
        return TONES[self.outcome.verdict]


def ends(tree: Tree) -> list[End]:
    return [End(letter, it) for letter, it in zip(ascii_uppercase, tree.outcomes, strict=False)]


def asked(tree: Tree, language: str) -> Iterator[Asked]:
    """language: in which yes and no are said."""
    yes, no = YES_NO.get(language, YES_NO[DEFAULT])
    numbers = {question.name: number for number, question in enumerate(tree.questions, 1)}
    letters = {end.outcome.name: end.letter for end in ends(tree)}
    for question in tree.questions:
        ways = [
            Way(
                {"": answer.words, YES: yes}.get(answer.says, no),
                answer.to,
                numbers.get(answer.to),
                letters.get(answer.to, ""),
            )
            for answer in question.answers
        ]
        yield Asked(numbers[question.name], question.name, question.words, ways)
