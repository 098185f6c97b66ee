"""A guide's questions as an editor writes them, read into a tree that is sound, or refused in sentences.

    ? income 家里的收入够日常生活吗？
    - 是 > enough
    - 否 > sudden

    ? sudden 难处是怎么来的？
    - 突然生病、出事 > yes
    - 说不清 > ask-us

    = yes likely：突发的难处正是临时救助要帮的。
    = enough unlikely：日常生活过得去，一般不在范围里。
    = ask-us ask：把情况说给我们听，一起看看。

A question (`?`, a short name, the words), its answers (`-`, the words, `>`, a name), an outcome (`=`, a name,
what it comes to, `:`, the reason). It begins with the first question. Signs may be full-width; “→” is “>”.
Nothing leads in a circle, so whatever is answered ends in exactly one outcome.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_QUESTIONS, MOST_ANSWERS, MOST_OUTCOMES = 40, 10, 26
MOST_CHARACTERS, LONGEST = 20_000, 400
MOST_FAULTS = 12
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,29}", re.ASCII)
_ARROW = re.compile(r"[>＞→]")
_COLON = re.compile(r"[:：]")
YES, NO = "yes", "no"
_WORDS = {"yes": YES, "是": YES, "no": NO, "否": NO, "不是": NO}


class Verdict(models.TextChoices):
    """What the answers come to."""

    LIKELY = "likely", gettext_lazy("You are probably entitled")
    UNLIKELY = "unlikely", gettext_lazy("Probably not")
    ASK = "ask", gettext_lazy("Please ask us")


_VERDICTS = {verdict.value: verdict for verdict in Verdict} | {
    "可能符合": Verdict.LIKELY,
    "可能不符合": Verdict.UNLIKELY,
    "请问我们": Verdict.ASK,
}


@dataclass(frozen=True)
class Answer:
    """words: as they are shown. to: the name of what comes next. says: `YES` or `NO` where it is one."""

    words: str
    to: str
    line: int

    @property
    def says(self) -> str:
        return _WORDS.get(self.words.lower(), "")


@dataclass
class Question:
    name: str
    words: str
    line: int
    answers: list[Answer] = field(default_factory=list)

    @property
    def is_yes_no(self) -> bool:
        """Else it is one of several, of which yes and no may be two."""
        return sorted(answer.says for answer in self.answers) == [NO, YES]


@dataclass(frozen=True)
class Outcome:
    name: str
    verdict: Verdict
    words: str
    line: int


@dataclass
class Tree:
    """What is asked, in order, and what it comes to.

    faults: why it is no sound tree; empty where it is. latest: while reading, whose answers come.
    """

    questions: list[Question] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    latest: Question | None = None

    @cached_property
    def by_name(self) -> dict[str, Question | Outcome]:
        return {part.name: part for part in [*self.questions, *self.outcomes]}

    def walk(self, choices: Sequence[int]) -> Question | Outcome:
        """Where somebody is who gave these answers: the next question, or the outcome."""
        at: Question | Outcome = self.questions[0]
        for choice in choices:
            if isinstance(at, Outcome):
                raise IndexError("answered after the end")
            at = self.by_name[at.answers[choice].to]
        return at

    def paths(self) -> Iterator[tuple[tuple[int, ...], Outcome]]:
        """Every way through, and where it ends. For small trees: there may be very many."""
        waiting: list[tuple[int, ...]] = [()]
        while waiting:
            choices = waiting.pop()
            at = self.walk(choices)
            if isinstance(at, Outcome):
                yield choices, at
            else:
                waiting += [(*choices, n) for n in range(len(at.answers))]


def read(text: str) -> Tree:
    """The tree of a text, with what is wrong with it."""
    tree = Tree()
    if len(text) > MOST_CHARACTERS:
        tree.faults.append(_("This is too long. At most %d characters are possible.") % MOST_CHARACTERS)
        return tree
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            _read_line(tree, line.strip(), number)
    if not tree.faults:
        _check(tree)
    del tree.faults[MOST_FAULTS:]
    return tree


def validate(text: str) -> None:
    """ValidationError with a sentence for each thing that is wrong."""
    if faults := read(text).faults:
        raise ValidationError(faults)


# Reading --------------------------------------------------------------------------------------------------


def _read_line(tree: Tree, line: str, number: int) -> None:
    sign, rest = unicodedata.normalize("NFKC", line[0]), line[1:].strip()
    if len(line) > LONGEST:
        tree.faults.append(_("Line %(line)d is too long. Say it shorter.") % {"line": number})
    elif sign == "?":
        _read_question(tree, rest, number)
    elif sign in "-–—":
        _read_answer(tree, rest, number)
    elif sign == "=":
        _read_outcome(tree, rest, number)
    else:
        sentence = _("Line %(line)d begins with none of ? (a question), - (an answer) and = (an outcome).")
        tree.faults.append(sentence % {"line": number})


def _name(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _is_new(tree: Tree, name: str, number: int) -> bool:
    """Whether a question or an outcome may have this name."""
    told = {"line": number, "name": name}
    if not _NAME.fullmatch(name):
        sentence = _("Line %(line)d: “%(name)s” is not a name. Use letters a to z, digits and -.")
        tree.faults.append(sentence % told)
    elif any(part.name == name for part in [*tree.questions, *tree.outcomes]):
        tree.faults.append(_("Line %(line)d: the name “%(name)s” is taken. Choose another.") % told)
    else:
        return True
    return False


def _read_question(tree: Tree, rest: str, number: int) -> None:
    name, _space, words = rest.partition(" ")
    name = _name(name)
    if not words.strip():
        sentence = _("Line %(line)d: a question needs a name, a space and its words.")
        tree.faults.append(sentence % {"line": number})
    elif _is_new(tree, name, number):
        tree.latest = Question(name, words.strip(), number)
        tree.questions.append(tree.latest)


def _read_answer(tree: Tree, rest: str, number: int) -> None:
    *words, to = _ARROW.split(rest)
    said = rest[: -len(to) - 1].strip() if words else ""
    if tree.latest is None:
        sentence = _("Line %(line)d: this answer belongs to no question. Put it below one.")
    elif not said or not to.strip():
        sentence = _("Line %(line)d: an answer needs its words, the sign > and the name of what comes next.")
    else:
        tree.latest.answers.append(Answer(said, _name(to), number))
        return
    tree.faults.append(sentence % {"line": number})


def _read_outcome(tree: Tree, rest: str, number: int) -> None:
    head, words = (*_COLON.split(rest, maxsplit=1), "")[:2]
    name, _space, verdict = head.strip().partition(" ")
    found = _VERDICTS.get(_name(verdict))
    if found is None:
        sentence = _("Line %(line)d: say after the name what it comes to: likely, unlikely or ask.")
        tree.faults.append(sentence % {"line": number})
    elif not words.strip():
        sentence = _("Line %(line)d: say after a colon why it comes to that.")
        tree.faults.append(sentence % {"line": number})
    elif _is_new(tree, _name(name), number):
        tree.latest = None
        tree.outcomes.append(Outcome(_name(name), found, words.strip(), number))


# Whether it is sound --------------------------------------------------------------------------------------


def _check(tree: Tree) -> None:
    if not tree.questions or not tree.outcomes:
        tree.faults.append(_("Write at least one question with its answers, and at least one outcome."))
        return
    _check_sizes(tree)
    for question in tree.questions:
        _check_answers(tree, question)
    if not tree.faults:
        _check_ways(tree)


def _check_sizes(tree: Tree) -> None:
    if len(tree.questions) > MOST_QUESTIONS or len(tree.outcomes) > MOST_OUTCOMES:
        sentence = _("At most %(questions)d questions and %(outcomes)d outcomes are possible.")
        tree.faults.append(sentence % {"questions": MOST_QUESTIONS, "outcomes": MOST_OUTCOMES})


def _check_answers(tree: Tree, question: Question) -> None:
    told = {"name": question.name, "line": question.line, "most": MOST_ANSWERS}
    words = [answer.says or answer.words for answer in question.answers]
    if not 2 <= len(words) <= MOST_ANSWERS:
        sentence = _("The question “%(name)s” (line %(line)d) needs from 2 to %(most)d answers.")
        tree.faults.append(sentence % told)
    elif len(set(words)) < len(words):
        tree.faults.append(_("The question “%(name)s” (line %(line)d) has the same answer twice.") % told)
    for answer in question.answers:
        if answer.to not in tree.by_name:
            sentence = _("Line %(line)d leads to “%(name)s”, which is no question and no outcome here.")
            tree.faults.append(sentence % {"line": answer.line, "name": answer.to})


def _check_ways(tree: Tree) -> None:
    """No way leads in a circle, and everything is reached. Then each way has an end, since an answer always
    leads to something.
    """
    done: set[str] = set()
    if circle := _circle(tree, tree.questions[0].name, [], done):
        sentence = _("From the question “%(name)s” one comes back to it: %(way)s. Lead one answer elsewhere.")
        tree.faults.append(sentence % {"name": circle[0], "way": " > ".join(circle)})
        return
    for part in [*tree.questions, *tree.outcomes]:
        if part.name not in done:
            sentence = _("Nothing leads to “%(name)s” (line %(line)d). Lead an answer there, or delete it.")
            tree.faults.append(sentence % {"name": part.name, "line": part.line})


def _circle(tree: Tree, name: str, way: list[str], done: set[str]) -> list[str]:
    """The first circle below a name, from its question back to it; empty where there is none."""
    if name in way:
        return [*way[way.index(name) :], name]
    if name in done:
        return []
    part = tree.by_name[name]
    for answer in part.answers if isinstance(part, Question) else ():
        if found := _circle(tree, answer.to, [*way, name], done):
            return found
    done.add(name)
    return []
