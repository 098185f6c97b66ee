"""A new key for contact details: all values go under it, by steps, and stay to be found by their numbers."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import CommandError, call_command
from django.db import connection

from shiliu import keyring
from shiliu.core import rotation
from shiliu.core.backup.engines import engine
from shiliu.core.fields import UnreadableField
from shiliu.core.models import AuditEntry
from shiliu.core.personal import phone_digest
from shiliu.requests.models import Request
from tests import factories

pytestmark = pytest.mark.django_db
PHONES = [f"1390000{n:04}" for n in range(7)]


@pytest.fixture
def old_key(settings, tmp_path, monkeypatch) -> str:
    """The one key of an install whose data folder is `settings.DATA`."""
    key = Fernet.generate_key().decode()
    settings.DATA, settings.FIELD_KEYS = tmp_path, [key]
    keyring.write_private(keyring.field_path(tmp_path), f"{key}\n")
    monkeypatch.setattr(rotation, "BATCH", 3)
    monkeypatch.setattr(engine(), "used_by_others", lambda: False)  # it lets go of the test's connection
    return key


@pytest.fixture
def contacts(old_key, places) -> list[Request]:
    """Requests with a name and a number each, and one without."""
    kind = factories.category()
    asked = [
        factories.request(places.east_1, kind, contact_name=f"测试{phone[-1]}", contact_phone=phone)
        for phone in PHONES
    ]
    return [*asked, factories.request(places.east_1, kind, contact_name="", contact_phone="")]


def key_file(settings) -> list[str]:
    return keyring.field_path(settings.DATA).read_text().split()


def tokens() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_name, contact_phone FROM requests_request WHERE contact_name <> ''")
        return [token for row in cursor.fetchall() for token in row]


def opened_by(key: str) -> int:
    """How many of the stored values this key alone opens."""
    opened = 0
    for token in tokens():
        try:
            Fernet(key).decrypt(token.encode())
            opened += 1
        except InvalidToken:
            pass
    return opened


def found_by_phone() -> list[str]:
    return [Request.objects.get(contact_phone_digest=phone_digest(phone)).contact_phone for phone in PHONES]


def test_rotation_writes_every_value_under_a_new_key(contacts, old_key, settings):
    call_command("keys", "rotate-fields")

    new, kept = key_file(settings)
    assert (kept, settings.FIELD_KEYS) == (old_key, [new, old_key])
    assert (opened_by(new), opened_by(old_key)) == (14, 0)
    assert [r.contact_name for r in Request.objects.exclude(contact_name="").order_by("pk")] == [
        f"测试{n}" for n in range(7)
    ]
    assert found_by_phone() == PHONES
    entry = AuditEntry.objects.get(verb=rotation.ROTATED)
    assert (entry.data, entry.actor_label) == ({"values": 14}, "system:keys")


def test_rotation_that_was_interrupted_goes_on_with_the_same_key(contacts, old_key, settings, monkeypatch):
    replace, done = rotation._replace, []

    def breaking(*arguments):
        if len(done) == 4:
            raise KeyboardInterrupt
        done.append(arguments)
        return replace(*arguments)

    monkeypatch.setattr(rotation, "_replace", breaking)
    with pytest.raises(KeyboardInterrupt):
        call_command("keys", "rotate-fields")
    interrupted = key_file(settings)
    assert opened_by(interrupted[0]) == 3  # whole batches only
    monkeypatch.undo()
    call_command("keys", "rotate-fields")

    assert key_file(settings) == interrupted
    assert opened_by(interrupted[0]) == 14


def test_value_that_changes_meanwhile_is_not_overwritten(contacts, old_key):
    (field,) = [f for f in rotation.personal_fields() if (f.model, f.field) == (Request, "contact_phone")]
    ((pk, token), *_rest) = next(rotation._batches(field))
    Request.objects.filter(pk=pk).update(contact_phone="13911112222")

    assert rotation._replace(field, pk, token, "gAAAAAsomething-else") == 0
    assert Request.objects.get(pk=pk).contact_phone == "13911112222"


def test_old_key_is_dropped_when_nothing_is_under_it(contacts, old_key, settings):
    call_command("keys", "rotate-fields")
    new = key_file(settings)[0]
    before = set(Request.objects.values_list("contact_phone_digest", flat=True))

    call_command("keys", "rotate-fields", "--drop-old")

    assert key_file(settings) == list(settings.FIELD_KEYS) == [new]
    assert found_by_phone() == PHONES
    assert before & set(Request.objects.values_list("contact_phone_digest", flat=True)) == {""}
    assert AuditEntry.objects.filter(verb=rotation.DROPPED).count() == 1


def test_drop_can_be_repeated_after_an_interruption(contacts, old_key, settings, monkeypatch):
    """Between the new digests and the new key file: the digests of the newest key stay right."""
    call_command("keys", "rotate-fields")
    both = key_file(settings)
    with monkeypatch.context() as patch:
        patch.setattr(keyring, "replace_private", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            call_command("keys", "rotate-fields", "--drop-old")
    assert key_file(settings) == both
    settings.FIELD_KEYS = both  # as a new process reads them

    call_command("keys", "rotate-fields", "--drop-old")

    assert key_file(settings) == both[:1]
    assert found_by_phone() == PHONES


def test_old_key_stays_while_a_value_is_under_it(contacts, old_key, settings):
    new = Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, old_key]

    with pytest.raises(CommandError, match="14 values are still under an old key"):
        call_command("keys", "rotate-fields", "--drop-old")
    assert [new, old_key] == settings.FIELD_KEYS
    assert found_by_phone() == PHONES


@pytest.mark.parametrize("more", [[], ["--drop-old"]])
def test_value_that_no_key_opens_stops_it(contacts, settings, more):
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(CommandError, match="14 values cannot be read with any key"):
        call_command("keys", "rotate-fields", *more)
    with pytest.raises(UnreadableField):
        list(Request.objects.all())


def test_keys_from_a_variable_are_not_written(contacts, old_key, settings, monkeypatch):
    monkeypatch.setenv("SHILIU_FIELD_KEYS", old_key)
    with pytest.raises(CommandError, match=r"put this in front.*: \S+=") as refused:
        call_command("keys", "rotate-fields")
    new = str(refused.value).rsplit(" ", 1)[1]
    settings.FIELD_KEYS = [new, old_key]  # as the administrator does, and starts anew
    monkeypatch.setenv("SHILIU_FIELD_KEYS", f"{new},{old_key}")

    call_command("keys", "rotate-fields")
    assert opened_by(new) == 14
    call_command("keys", "rotate-fields", "--drop-old")

    assert [new] == settings.FIELD_KEYS
    assert found_by_phone() == PHONES
    assert key_file(settings) == [old_key]


def test_nothing_is_added_while_others_are_connected(prepared_install, shiliu, on_postgres):
    path = keyring.field_path(Path(prepared_install["SHILIU_DATA"]))
    before = path.read_text()

    with closing(connected(prepared_install, on_postgres)):
        done = shiliu(prepared_install, "keys", "rotate-fields", check=False)
    assert (done.returncode, path.read_text()) == (1, before)

    shiliu(prepared_install, "keys", "rotate-fields")
    assert path.read_text().endswith(before)
    assert len(path.read_text().split()) == 2


def connected(install, on_postgres):
    """Another program that has the database open, and does nothing."""
    if on_postgres:
        import psycopg

        return psycopg.connect(install["DATABASE_URL"])
    other = sqlite3.connect(f"{install['SHILIU_DATA']}/shiliu.sqlite3")
    other.execute("SELECT 1 FROM django_migrations").fetchall()
    return other
