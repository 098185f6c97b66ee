import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps.registry import Apps
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.db.models import Avg, Case, Count, F, Max, Min, OuterRef, Q, StdDev, Subquery, Sum, Value, When
from django.db.models.expressions import ExpressionWrapper
from django.db.models.functions import Coalesce
from django.forms import modelform_factory
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shiliu.core.fields import (
    EncryptedTextField,
    ExactDecimalField,
    PersonalField,
    UnreadableField,
    exact,
    personal_fields,
)
from shiliu.requests.models import Request

pytestmark = pytest.mark.django_db
on_the_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
amounts = st.decimals(Decimal("-9999999999999.99"), Decimal("9999999999999.99"), places=2)


class Bill(models.Model):
    """A table of the tests' own, in a registry of its own."""

    due = ExactDecimalField()
    paid = ExactDecimalField(default=0)
    length = ExactDecimalField(decimals=3, null=True, blank=True)
    number = models.IntegerField(default=0)

    class Meta:
        app_label = "scratch"
        apps = Apps()
        constraints = [
            models.CheckConstraint(
                name="bill_within_bounds",
                condition=Q(number=0) | Q(due__gte=Decimal("0.01"), paid__lte=F("due") + exact(1000)),
            ),
        ]


class Person(models.Model):
    name = EncryptedTextField(purpose="to answer", keep_days=30, keep_after="left_on", blank=True)
    phone = EncryptedTextField(purpose="to answer", keep_days=30, keep_after="left_on", null=True)
    left_on = models.DateField(null=True)

    class Meta:
        app_label = "scratch"
        apps = Apps()


@pytest.fixture(autouse=True)
def _tables(db: None) -> None:
    editor = connection.SchemaEditorClass(connection, atomic=False)  # inside the test's transaction
    editor.deferred_sql = []
    editor.create_model(Bill)
    editor.create_model(Person)


def raw(model: type[models.Model], column: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table} ORDER BY id")  # noqa: S608
        return [value for (value,) in cursor.fetchall()]


# Exact amounts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_value", "stored", "read"),
    [
        (Decimal("12.50"), 1250, "12.50"),
        (Decimal("1.5000"), 150, "1.50"),
        (Decimal("1E+3"), 100000, "1000.00"),
        (-7, -700, "-7.00"),
        ("0.01", 1, "0.01"),
        ("9999999999999999.99", 10**18 - 1, "9999999999999999.99"),
    ],
)
def test_amount_is_a_whole_number_of_the_smallest_unit(given_value: Any, stored: int, read: str) -> None:
    bill = Bill.objects.create(due=given_value)
    assert raw(Bill, "due") == [stored]
    bill.refresh_from_db()
    assert str(bill.due) == read
    assert bill.length is None


@on_the_database
@given(st.lists(amounts, max_size=20))
def test_sum_is_exact_and_every_amount_comes_back(values: list[Decimal]) -> None:
    Bill.objects.all().delete()
    Bill.objects.bulk_create([Bill(due=value) for value in values])
    assert list(Bill.objects.order_by("id").values_list("due", flat=True)) == values
    found = Bill.objects.aggregate(total=Sum("due", default=0), least=Min("due"), most=Max("due"))
    assert found == {
        "total": sum(values, Decimal(0)),
        "least": min(values, default=None),
        "most": max(values, default=None),
    }
    assert isinstance(found["total"], Decimal)


@on_the_database
@given(amounts, amounts)
def test_amounts_compare_as_numbers(one: Decimal, other: Decimal) -> None:
    Bill.objects.all().delete()
    Bill.objects.create(due=one)
    assert Bill.objects.filter(due=other).exists() is (one == other)
    assert Bill.objects.filter(due__gt=other).exists() is (one > other)
    assert Bill.objects.filter(due__range=(min(one, other), one)).exists()
    assert Bill.objects.filter(due__in=[other, one]).exists()


@pytest.mark.parametrize("value", [0.1, 5.0, float("nan"), True])
def test_amount_refuses_float(value: Any) -> None:
    with pytest.raises(TypeError, match=r"takes Decimal, int or text, never (float|bool)"):
        Bill(due=value).full_clean()
    with pytest.raises(TypeError, match="never"), transaction.atomic():
        Bill.objects.create(due=value)
    with pytest.raises(TypeError, match="never"):
        Bill.objects.filter(due__gt=value)
    assert not Bill.objects.exists()


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (Decimal("0.005"), "“0.005” has too many decimal places. Give at most 2."),
        ("1.234", "“1.234” has too many decimal places. Give at most 2."),
        (Decimal("1E-999999"), "“1E-999999” has too many decimal places. Give at most 2."),
        ("10000000000000000", "“10000000000000000” is too large. Give at most 16 digits before the point."),
        (Decimal("1E+999999"), "“1E+999999” is not a number that can be stored here. Write it like 1234.50."),
        ("twelve", "“twelve” is not a number that can be stored here. Write it like 1234.50."),
        ("", "“” is not a number that can be stored here. Write it like 1234.50."),
        (Decimal("NaN"), "“NaN” is not a number that can be stored here. Write it like 1234.50."),
        (Decimal("Infinity"), "“Infinity” is not a number that can be stored here. Write it like 1234.50."),
    ],
)
def test_amount_that_cannot_be_stored_exactly_is_refused_with_a_sentence(value: Any, says: str) -> None:
    with translation.override("en"):
        with pytest.raises(ValidationError) as refused, transaction.atomic():
            Bill.objects.create(due=value)
        assert refused.value.messages == [says]
        with pytest.raises(ValidationError):
            Bill(due=value).full_clean()


def test_update_with_a_condition_is_exact() -> None:
    bill = Bill.objects.create(due="100.10", paid="99.95")
    row = Bill.objects.filter(pk=bill.pk, due__gte=F("paid") + exact("0.15"))
    assert row.update(paid=F("paid") + exact("0.15"), number=F("number") + 1) == 1
    assert row.update(paid=F("paid") + exact("0.15")) == 0
    bill.refresh_from_db()
    assert (bill.paid, bill.number) == (Decimal("100.10"), 1)


@pytest.mark.parametrize(
    "expression",
    [
        F("paid") + Decimal("1.50"),
        F("paid") + 5,
        F("paid") - F("number"),
        F("paid") + F("length"),
        F("paid") * 2,
        F("paid") * F("due"),
        F("number"),
        F("length"),
        Value(5),
        exact(5, decimals=3),
        Coalesce(F("length"), F("paid")),
        Case(When(due=0, then=Value(5)), default=Value(6)),
    ],
    ids=str,
)
def test_expression_in_another_unit_is_refused(expression: Any) -> None:
    bill = Bill.objects.create(due=1, paid=1)
    with pytest.raises(FieldError, match=r'scratch\.Bill\.paid.*exact\("1\.50"\)'), transaction.atomic():
        Bill.objects.update(paid=expression)
    with pytest.raises(FieldError, match="does not count units of 2 decimal places"):
        Bill.objects.filter(paid__lt=expression)
    bill.paid = expression
    with pytest.raises(FieldError, match="does not count units of 2 decimal places"), transaction.atomic():
        bill.save()
    assert raw(Bill, "paid") == [100]


@pytest.mark.parametrize(
    ("expression", "stored"),
    [
        (F("due"), 1000),
        (F("due") - F("paid") - exact("0.01"), 899),
        (Coalesce(Value(None), F("paid")), 100),
        (ExpressionWrapper(F("paid") * 2, output_field=ExactDecimalField()), 200),
        (Case(When(due__gt=5, then=exact(7)), default=F("paid")), 700),
    ],
    ids=str,
)
def test_expression_in_the_same_unit_is_written(expression: Any, stored: int) -> None:
    Bill.objects.create(due=10, paid=1)
    Bill.objects.update(paid=expression)
    assert raw(Bill, "paid") == [stored]


def test_subquery_and_outer_reference_are_exact() -> None:
    Bill.objects.create(due=10, paid=10)
    Bill.objects.create(due=20, paid=5)
    larger = Bill.objects.filter(due__gt=OuterRef("due")).values("due")[:1]
    assert [b.next for b in Bill.objects.order_by("id").annotate(next=Subquery(larger))] == [20, None]
    assert Bill.objects.filter(paid__in=Bill.objects.values("due")).count() == 1
    Bill.objects.filter(due=10).update(paid=Subquery(larger))
    assert raw(Bill, "paid") == [2000, 500]


def test_bulk_update_writes_amounts() -> None:
    bills = [Bill.objects.create(due=number) for number in (1, 2)]
    for bill in bills:
        bill.due = Decimal("0.07")
    Bill.objects.bulk_update(bills, ["due"])
    assert raw(Bill, "due") == [7, 7]


@pytest.mark.parametrize("mean", [Avg, StdDev])
@pytest.mark.parametrize("dues", [(), ("1.00", "1.00"), ("1.00", "2.01")])
def test_mean_of_amounts_is_refused_even_where_it_is_whole(mean: type[Avg], dues: tuple[str, ...]) -> None:
    Bill.objects.bulk_create([Bill(due=due) for due in dues])
    with pytest.raises(FieldError, match="an average is not an exact number"):
        Bill.objects.aggregate(mean=mean("due"))


def test_mean_that_a_subquery_hides_is_refused() -> None:
    Bill.objects.bulk_create([Bill(due="1.00"), Bill(due="2.01")])
    inner = Bill.objects.order_by().values("number").annotate(mean=Avg("due")).values("mean")
    with pytest.raises(FieldError, match="an average is not an exact number"):
        list(Bill.objects.annotate(mean=Subquery(inner)))


def test_sum_by_group_is_exact() -> None:
    for due in ("0.10", "0.20", "0.30"):
        Bill.objects.create(due=due, number=1)
    rows = Bill.objects.values("number").annotate(total=Sum("due"), n=Count("id")).filter(total__gt="0.59")
    assert list(rows) == [{"number": 1, "total": Decimal("0.60"), "n": 3}]


def test_check_constraints_speak_of_the_number() -> None:
    for bill in (Bill(due="0.01", number=1), Bill(due=1, paid=1001, number=1)):
        bill.full_clean()
        bill.save()
    for bill in (Bill(due=0, number=1), Bill(due=1, paid="1001.01", number=1)):
        with pytest.raises(ValidationError, match="bill_within_bounds"):
            bill.full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            bill.save()


def test_form_takes_decimals_and_refuses_too_many() -> None:
    form_class = modelform_factory(Bill, fields=["due", "length"])
    form = form_class({"due": "12.5", "length": ""})
    assert form.save().due == Decimal("12.5")
    assert set(form_class({"due": "12.555", "length": "1.234"}).errors) == {"due"}
    assert set(form_class({"due": "1" * 17, "length": ""}).errors) == {"due"}


def test_serialized_amount_is_text_and_comes_back() -> None:
    Bill.objects.create(due="12.50")
    bill = Bill.objects.get()
    fields = json.loads(serializers.serialize("json", [bill]))[0]["fields"]
    assert (fields["due"], fields["length"]) == ("12.50", None)
    field = Bill._meta.get_field("due")
    assert field.to_python(field.value_to_string(bill)) == bill.due


@pytest.mark.parametrize("decimals", [0, 2, 3])
def test_amount_field_is_rebuilt_from_its_migration(decimals: int) -> None:
    _name, path, args, kwargs = ExactDecimalField("sum", decimals=decimals, default=0).deconstruct()
    assert path == "shiliu.core.fields.ExactDecimalField"
    assert ExactDecimalField(*args, **kwargs).decimals == decimals


def test_amount_field_refuses_impossible_decimals() -> None:
    with pytest.raises(ValueError, match="from 0 to 9"):
        ExactDecimalField(decimals=10)


# Encrypted texts -------------------------------------------------------------------------------------


@on_the_database
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_comes_back_and_is_not_in_the_database(text: str) -> None:
    Person.objects.all().delete()
    person = Person.objects.create(name=text, phone=None)
    [stored] = raw(Person, "name")
    assert stored == "" if text == "" else text not in stored or len(text) == 1
    assert stored == "" or stored.startswith("gAAAAA")
    person.refresh_from_db()
    assert (person.name, person.phone) == (text, None)


def test_same_text_is_encrypted_differently_each_time() -> None:
    Person.objects.bulk_create([Person(name="甲某"), Person(name="甲某")])
    one, other = raw(Person, "name")
    assert one != other


def test_empty_and_null_can_be_looked_up() -> None:
    Person.objects.create(name="甲某", phone="")
    Person.objects.create(name="", phone=None)
    assert [p.name for p in Person.objects.exclude(name="")] == ["甲某"]
    assert Person.objects.filter(name="").count() == 1
    assert Person.objects.filter(phone__isnull=True).count() == 1
    assert Person.objects.filter(phone=None).count() == 1


@pytest.mark.parametrize(
    "lookup", ["exact", "iexact", "contains", "startswith", "gt", "in", "range", "regex"]
)
def test_encrypted_text_cannot_be_searched(lookup: str) -> None:
    value = ["甲某", "乙某"] if lookup in ("in", "range") else "甲某"
    with pytest.raises(FieldError, match=r"scratch\.Person\.name is encrypted"):
        Person.objects.filter(**{f"name__{lookup}": value})
    with pytest.raises(FieldError, match=r"scratch\.Person\.name is encrypted"):
        Person.objects.filter(name=F("phone"))


def test_update_and_bulk_update_encrypt() -> None:
    person = Person.objects.create(name="甲某")
    Person.objects.update(name="乙某", phone="13900000000")
    person.refresh_from_db()
    assert (person.name, person.phone) == ("乙某", "13900000000")
    person.name = "丙某"
    Person.objects.bulk_update([person], ["name"])
    person.refresh_from_db()
    assert person.name == "丙某"
    assert all(stored.startswith("gAAAAA") for stored in raw(Person, "name") + raw(Person, "phone"))


@pytest.mark.parametrize("plain", ["甲某", " ", "gAAAA", "13900000000"])
def test_database_refuses_plain_text(plain: str) -> None:
    Person.objects.create(name="甲某")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.update(name=Value(plain))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO scratch_person (name) VALUES (%s)", [plain])
    assert Person.objects.get().name == "甲某"


def test_newest_key_writes_and_older_ones_still_read(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    Person.objects.create(name="甲某")
    settings.FIELD_KEYS = [new, old]
    Person.objects.create(name="乙某")
    assert {person.name for person in Person.objects.all()} == {"甲某", "乙某"}
    settings.FIELD_KEYS = [new]
    assert Person.objects.get(pk=Person.objects.latest("pk").pk).name == "乙某"


def test_missing_key_names_the_field(settings: Any) -> None:
    Person.objects.create(name="甲某")
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(UnreadableField, match=r"scratch\.Person\.name cannot be read: key missing"):
        Person.objects.get()


def test_damaged_value_is_unreadable_too() -> None:
    Person.objects.create(name="甲某")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE scratch_person SET name = 'gAAAAA甲'")
    with pytest.raises(UnreadableField):
        Person.objects.get()


def test_migration_of_an_encrypted_field_says_nothing_of_its_purpose() -> None:
    field = Person._meta.get_field("name")
    written, _imports = MigrationWriter.serialize(field)
    assert written == "shiliu.core.fields.EncryptedTextField(blank=True)"
    _name, _path, args, kwargs = field.deconstruct()
    assert EncryptedTextField(*args, **kwargs).blank


def declared(**options: Any) -> list[str]:
    """The identifiers of the system checks that a field with these options fails."""
    complete = {"purpose": "to answer", "keep_days": 30, "keep_after": "owner__left_on"}
    registry = Apps()

    class Owner(models.Model):
        left_on = models.DateTimeField(null=True)

        class Meta:
            app_label = "scratch"
            apps = registry

    class Pet(models.Model):
        owner = models.ForeignKey(Owner, models.CASCADE)
        name = EncryptedTextField(**(complete | options))

        class Meta:
            app_label = "scratch"
            apps = registry

    return [problem.id for problem in Pet._meta.get_field("name").check()]


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        ({}, []),
        ({"purpose": ""}, ["core.E101"]),
        ({"keep_days": 0}, ["core.E102"]),
        ({"keep_after": ""}, ["core.E103"]),
        ({"keep_after": "owner"}, ["core.E103"]),
        ({"keep_after": "name"}, ["core.E103"]),
        ({"keep_after": "owner__born_on"}, ["core.E103"]),
        ({"keep_after": "owner__left_on__year"}, ["core.E103"]),
    ],
)
def test_encrypted_field_has_to_declare_purpose_and_retention(
    options: dict[str, Any], problems: list[str]
) -> None:
    assert declared(**options) == problems


def test_personal_fields_list_every_encrypted_field_once() -> None:
    listed = personal_fields()
    phone = Request._meta.get_field("contact_phone")
    assert isinstance(phone, EncryptedTextField)
    assert (
        listed.count(
            PersonalField(Request, "contact_phone", phone.purpose, phone.keep_days, phone.keep_after)
        )
        == 1
    )
    assert len({(personal.model, personal.field) for personal in listed}) == len(listed)
    assert Person not in {personal.model for personal in listed}


def test_encrypted_date_of_retention_can_be_queried() -> None:
    Person.objects.create(name="甲某", left_on=date(2023, 1, 1))
    Person.objects.create(name="乙某", left_on=None)
    path = Person._meta.get_field("name").keep_after
    assert [p.name for p in Person.objects.filter(**{f"{path}__lt": date(2023, 2, 1)})] == ["甲某"]
