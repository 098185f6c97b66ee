"""The further questions of a category: which answers are taken, and how they are told."""

import pytest
from django.core.exceptions import ValidationError

from shiliu.requests import questions
from shiliu.requests.models import CategoryQuestion
from tests import factories

Datatype = CategoryQuestion.Datatype


def question(datatype: str, **values: object) -> CategoryQuestion:
    given = {"name": "q", "label": "多少", "datatype": datatype} | values
    return CategoryQuestion(**given)


@pytest.mark.parametrize(
    ("datatype", "given", "stored"),
    [
        (Datatype.STRING, " 三单元 ", "三单元"),
        (Datatype.TEXT, "第一行\n第二行", "第一行\n第二行"),
        (Datatype.NUMBER, "3.50", "3.50"),
        (Datatype.DATE, "2026-05-01", "2026-05-01"),
        (Datatype.ONE_OF, "b", "b"),
        (Datatype.MANY_OF, ["a", "b"], ["a", "b"]),
    ],
)
def test_answer_is_stored_as_text(datatype, given, stored):
    options = "a=甲\nb=乙" if datatype in (Datatype.ONE_OF, Datatype.MANY_OF) else ""
    assert questions.check([question(datatype, options=options)], {"q": given}) == {"q": stored}


@pytest.mark.parametrize(
    ("datatype", "given"),
    [
        (Datatype.NUMBER, "drei"),
        (Datatype.DATE, "2026-13-01"),
        (Datatype.ONE_OF, "c"),
        (Datatype.MANY_OF, ["a", "c"]),
        (Datatype.STRING, "长" * 201),
    ],
)
def test_answer_that_is_none_is_refused_by_name(datatype, given):
    options = "a=甲" if datatype in (Datatype.ONE_OF, Datatype.MANY_OF) else ""
    with pytest.raises(ValidationError) as refused:
        questions.check([question(datatype, options=options)], {"q": given})
    assert list(refused.value.message_dict) == ["q"]


def test_unanswered_question_is_not_stored_and_a_required_one_is_refused():
    assert questions.check([question(Datatype.STRING)], {}) == {}
    with pytest.raises(ValidationError, match="Please answer this"):
        questions.check([question(Datatype.STRING, is_required=True)], {"q": " "})


def test_answers_are_told_in_words_also_of_what_is_no_longer_asked(db):
    category = factories.category()
    for name, datatype, options in (("kind", Datatype.MANY_OF, "a=甲\nb"), ("floor", Datatype.NUMBER, "")):
        CategoryQuestion.objects.create(
            category=category, name=name, label=name, datatype=datatype, options=options, is_asked=False
        )
    told = questions.told(category, {"kind": ["a", "b"], "floor": "3"})
    assert {one.name: one.words for one in told} == {"kind": "甲、b", "floor": "3"}
    assert questions.asked(category) == []
