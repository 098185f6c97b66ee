"""What a town settles for asking: in the admin, and as the form reads it."""

import html

import pytest
from wagtail.models import ModelLogEntry

from shiliu.requests import catalogue
from shiliu.requests.models import CategoryMilestone, CategoryQuestion, Elsewhere
from tests import factories


@pytest.fixture
def lamp(places):
    return factories.category(code="lamp", name="路灯", group="设施", position=2)


@pytest.fixture
def admin(client, staff):
    client.force_login(staff.administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def said(response) -> str:
    return html.unescape(response.content.decode())


MILESTONE = {"kind": "contact", "name": "", "amount": 2, "unit": "work_hour", "code": "lamp-1"}
QUESTION = {
    "label": "灯杆编号", "label_en": "", "hint": "", "datatype": "string", "options": "", "is_asked": "on",
    "position": 1, "name": "pole", "code": "lamp-pole",
}  # fmt: skip
MATTER = {
    "name": "火灾", "name_en": "Fire", "telephone": "119", "advice": "先离开。", "words": "着火了",
    "is_emergency": "on", "is_offered": "on", "position": 1, "code": "fire",
}  # fmt: skip
NEW = {
    "categorymilestone": (CategoryMilestone, MILESTONE, "amount", 3),
    "categoryquestion": (CategoryQuestion, QUESTION, "label", "杆号"),
    "elsewhere": (Elsewhere, MATTER, "advice", "快离开。"),
}


def filled(name: str, lamp, /, **values) -> dict:
    _model, new, _field, _value = NEW[name]
    return new | ({} if name == "elsewhere" else {"category": lamp.pk}) | values


@pytest.mark.parametrize("name", NEW)
def test_row_is_stored_changed_and_told(admin, staff, lamp, name):
    model, new, field, value = NEW[name]
    assert admin.post(f"/admin/{name}/new/", filled(name, lamp)).status_code == 302
    row = model.objects.get(code=new["code"])
    path = f"/admin/{name}/edit/{row.pk}/"
    assert admin.get(path).status_code == 200
    assert admin.get(f"/admin/{name}/").status_code == 200
    assert admin.post(path, filled(name, lamp, seen=1, **{field: value})).status_code == 302
    row.refresh_from_db()
    assert (getattr(row, field), row.version) == (value, 2)
    assert [entry.user for entry in ModelLogEntry.objects.for_instance(row)] == [staff.administrator] * 2

    late = admin.post(path, filled(name, lamp, seen=1, **{field: new[field]}))
    assert "A colleague was faster" in said(late)
    row.refresh_from_db()
    assert getattr(row, field) == value


@pytest.mark.parametrize("name", NEW)
def test_row_is_the_administrators(client, staff, lamp, name):
    for who in (staff.editor, staff.town_coordinator, staff.nobody):
        client.force_login(who)
        assert client.post(f"/admin/{name}/new/", filled(name, lamp)).status_code in (302, 403)
    assert not NEW[name][0].objects.exists()


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("categorymilestone", {"amount": 0}, "A deadline is at least one unit away."),
        ("categoryquestion", {"datatype": "singlevaluelist"}, "Choices belong to a question with choices"),
        ("categoryquestion", {"options": "a=甲"}, "Choices belong to a question with choices"),
        ("categoryquestion", {"name": "灯杆"}, "Enter a valid"),
        ("elsewhere", {"advice": ""}, "Please fill this in"),
    ],
)
def test_bad_input_is_refused_with_a_sentence_and_kept(admin, lamp, name, values, sentence):
    response = admin.post(f"/admin/{name}/new/", filled(name, lamp, **values))
    assert response.status_code == 200
    assert sentence in said(response)
    assert not NEW[name][0].objects.exists()
    [(field, value)] = values.items()
    assert str(response.context["form"][field].value()) == str(value)


@pytest.mark.parametrize("name", ["categorymilestone", "categoryquestion"])
def test_what_a_category_has_once_is_refused_twice(admin, lamp, name):
    admin.post(f"/admin/{name}/new/", filled(name, lamp))
    again = admin.post(f"/admin/{name}/new/", filled(name, lamp, code="another"))
    assert "This category has" in said(again)
    assert NEW[name][0].objects.count() == 1


def test_question_stays_with_its_category_and_keeps_its_name(admin, lamp):
    other = factories.category(code="other")
    admin.post("/admin/categoryquestion/new/", filled("categoryquestion", lamp))
    row = CategoryQuestion.objects.get()
    sent = filled("categoryquestion", other, seen=1, name="number", label="杆号")
    admin.post(f"/admin/categoryquestion/edit/{row.pk}/", sent)
    row.refresh_from_db()
    assert (row.category, row.name, row.label) == (lamp, "pole", "杆号")


# As the form reads it -------------------------------------------------------------------------------------


def test_categories_come_in_three_queries_with_their_questions(lamp, django_assert_num_queries):
    for number in range(3):
        made = factories.category(code=f"c{number}", position=number)
        CategoryQuestion.objects.create(category=made, name="pole", label="?")
    with django_assert_num_queries(3):
        found = catalogue.categories()
        assert [len(category.questions.all()) for category in found] == [1, 1, 1, 0]


def test_groups_stand_where_their_first_category_does(places):
    for number, group in enumerate(("甲", "乙", "甲", "")):
        factories.category(code=f"c{number}", group=group, position=number)
    factories.category(code="other", group="乙", position=9, is_fallback=True)
    found = catalogue.grouped(catalogue.categories())
    assert [(group.name, [it.code for it in group.categories]) for group in found] == [
        ("甲", ["c0", "c2"]), ("乙", ["c1"]), ("", ["c3"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("着火了,Fire ALARM；失火、\n烟", "the fire alarm rings", True),
        ("着火了，失火", "楼下失火", True),
        ("着火了", "怕着火", False),
        ("", "着火了", False),
        (" ,，、 \n", "着火了 ", False),
    ],
)
def test_words_are_found_as_parts_of_a_text(db, words, text, found):
    matter = Elsewhere(name="火灾", words=words, advice="去")
    assert (catalogue.belongs_elsewhere(text, [matter]) is matter) == found


def test_first_matter_in_order_is_told(db):
    for code, position in (("b", 2), ("a", 1), ("c", 1)):
        Elsewhere.objects.create(code=code, name=code, words="着火", advice="去", position=position)
    assert catalogue.belongs_elsewhere("着火", catalogue.elsewhere()).code == "a"
