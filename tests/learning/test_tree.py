"""The questions of a guide: what is read, what is refused in words, and that every way has its end."""

from dataclasses import dataclass

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from shiliu.learning import reading, tree
from shiliu.learning.models import YES_NO
from shiliu.learning.tree import Outcome, Question, Verdict

SOUND = """
? income 家里的收入够用吗？
- 是 > enough
- 否 > sudden

? sudden 难处是怎么来的？
- 突然生病 > fits
- 房租 > 三个月 > ask-us

= fits likely：正是要帮的。
= enough unlikely: It is enough.
= ask-us ask：一起看看。
"""


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def test_text_becomes_a_tree():
    read = tree.read(SOUND)
    assert read.faults == []
    assert [(q.name, q.words, q.is_yes_no) for q in read.questions] == [
        ("income", "家里的收入够用吗？", True),
        ("sudden", "难处是怎么来的？", False),
    ]
    assert [(a.words, a.to) for a in read.questions[1].answers] == [
        ("突然生病", "fits"),
        ("房租 > 三个月", "ask-us"),
    ]
    assert [(o.verdict, o.words) for o in read.outcomes] == [
        (Verdict.LIKELY, "正是要帮的。"),
        (Verdict.UNLIKELY, "It is enough."),
        (Verdict.ASK, "一起看看。"),
    ]


def test_full_width_signs_and_chinese_verdicts_are_the_same():
    wide = SOUND.replace("? ", "？ ").replace("- ", "－ ").replace(" > ", " → ").replace("= ", "＝ ")
    wide = wide.replace("unlikely:", "可能不符合：").replace("likely", "可能符合")
    wide = wide.replace(" ask：", " 请问我们：").replace("? income", "? ＩＮＣＯＭＥ")
    read = tree.read(wide)
    assert read.faults == []
    assert [o.verdict for o in read.outcomes] == ["likely", "unlikely", "ask"]


def _replaced(old: str, new: str) -> str:
    assert old in SOUND
    return SOUND.replace(old, new)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write at least one question with its answers, and at least one outcome."),
        (_replaced("? income", "! income"), "Line 2 begins with none of ? (a question)"),
        (_replaced("? income ", "? income"), "Line 2: a question needs a name, a space and its words."),
        (_replaced("? income ", "? 收入 "), "Line 2: “收入” is not a name. Use letters a to z"),
        ("? income", "Line 1: a question needs a name, a space and its words."),
        ("- 是 > fits", "Line 1: this answer belongs to no question. Put it below one."),
        (SOUND + "- 是 > fits", "Line 13: this answer belongs to no question."),
        (_replaced("- 是 > enough", "- 是 enough"), "Line 3: an answer needs its words, the sign >"),
        (_replaced("- 是 > enough", "- > enough"), "Line 3: an answer needs its words, the sign >"),
        (_replaced("= fits likely：", "= fits certain："), "Line 10: say after the name what it comes to"),
        (_replaced("：正是要帮的。", "："), "Line 10: say after a colon why it comes to that."),
        (_replaced("? sudden", "? income"), "Line 6: the name “income” is taken."),
        (_replaced("= enough", "= sudden"), "Line 11: the name “sudden” is taken."),
        (_replaced("- 否 > sudden\n", ""), "The question “income” (line 2) needs from 2 to 10 answers."),
        (_replaced("- 否 >", "- 是 >"), "The question “income” (line 2) has the same answer twice."),
        (_replaced("> enough", "> nowhere"), "Line 3 leads to “nowhere”, which is no question"),
        (_replaced("> ask-us", "> income"), "From the question “income” one comes back to it: income >"),
        (_replaced("> ask-us", "> sudden"), "From the question “sudden” one comes back to it: sudden >"),
        (_replaced("> ask-us", "> fits"), "Nothing leads to “ask-us” (line 12)."),
        (SOUND + "? more 还有吗？\n- 是 > fits\n- 否 > fits", "Nothing leads to “more” (line 13)."),
        ("? a " + "长" * 400, "Line 1 is too long. Say it shorter."),
        ("长" * 20_001, "This is too long. At most 20000 characters are possible."),
        ("".join(f"? q{n} 问\n" for n in range(41)) + "= a ask：问", "At most 40 questions and 26 outcomes"),
    ],
)  # fmt: skip
def test_what_is_unsound_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(ValidationError) as refused:
        tree.validate(text)
    assert any(sentence in said for said in refused.value.messages), refused.value.messages


def test_many_faults_are_told_at_once_but_not_endlessly():
    assert len(tree.read("x\n" * 100).faults) == tree.MOST_FAULTS
    assert len(tree.read(_replaced("likely", "sure").replace("? sudden", "sudden")).faults) > 1


# Trees of every shape -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """A text whose answers lead to later questions and outcomes only, and all of which is reached."""

    text: str
    questions: int


@st.composite
def drawn_trees(draw: st.DrawFn) -> Drawn:
    n = draw(st.integers(1, 6))
    names = [f"q{i}" for i in range(n)]
    ends = draw(st.integers(1, 4))
    # Each later question is led to by an earlier one; the rest of the answers lead on, or to an end.
    leads: list[list[str]] = [[] for _ in names]
    for later in range(1, n):
        leads[draw(st.integers(0, later - 1))].append(names[later])
    outcomes = [f"e{i}" for i in range(ends)]
    for end in outcomes:
        leads[draw(st.integers(0, n - 1))].append(end)
    for i, each in enumerate(leads):
        onward = [*names[i + 1 :], *outcomes]
        while len(each) < 2:
            each.append(draw(st.sampled_from(onward)))
    leads = [each[:10] for each in leads]
    lines = []
    for name, each in zip(names, draw(st.just(leads)), strict=True):
        lines.append(f"? {name} 问{name}？")
        lines += [f"- 答{k} > {to}" for k, to in enumerate(draw(st.permutations(each)))]
    verdicts = draw(st.lists(st.sampled_from(["likely", "unlikely", "ask"]), min_size=ends, max_size=ends))
    lines += [f"= {end} {verdict}：因为{end}" for end, verdict in zip(outcomes, verdicts, strict=True)]
    return Drawn("\n".join(lines), n)


@given(drawn_trees())
def test_every_way_ends_in_exactly_one_outcome(drawn):
    read = tree.read(drawn.text)
    assert read.faults == []
    reached = set()
    for choices, end in read.paths():
        assert isinstance(end, Outcome)
        assert len(choices) <= drawn.questions
        assert read.walk(choices) is end
        assert all(isinstance(read.walk(choices[:n]), Question) for n in range(len(choices)))
        reached.add(end.name)
    assert reached == {outcome.name for outcome in read.outcomes}


@given(drawn_trees(), st.data())
def test_answer_that_leads_back_is_refused(drawn, data):
    read = tree.read(drawn.text)
    choices, _end = data.draw(st.sampled_from(list(read.paths())))
    met = [read.walk(choices[:n]).name for n in range(len(choices))]
    last = read.by_name[met[-1]]
    back = data.draw(st.sampled_from(met))
    lines = drawn.text.splitlines()
    lines[last.line + choices[-1]] = f"- 绕回 > {back}"
    assert any("comes back to it" in fault for fault in tree.read("\n".join(lines)).faults)


@given(st.text(alphabet="?-=>：: \nqab是否likelyask", max_size=80))
def test_any_text_is_read_or_refused_and_never_fails(text):
    read = tree.read(text)
    if not read.faults:
        assert {end.name for _way, end in read.paths()} == {it.name for it in read.outcomes}


# As it is read on paper -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", YES_NO)
def test_yes_and_no_are_said_in_the_guides_language(language):
    [first, second] = reading.asked(tree.read(SOUND), language)
    assert tuple(way.words for way in first.ways) == YES_NO[language]
    assert [way.words for way in second.ways] == ["突然生病", "房租 > 三个月"]


def test_questions_are_numbered_and_outcomes_lettered():
    read = tree.read(SOUND)
    [first, second] = reading.asked(read, "zh-Hans")
    assert [(way.question, way.outcome) for way in first.ways] == [(None, "B"), (2, "")]
    assert [(way.question, way.outcome) for way in second.ways] == [(None, "A"), (None, "C")]
    assert [(end.letter, end.outcome.name) for end in reading.ends(read)] == [
        ("A", "fits"),
        ("B", "enough"),
        ("C", "ask-us"),
    ]
