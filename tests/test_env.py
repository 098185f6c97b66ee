"""Settings: each variable documented, read with its type, and refused with its name and what it accepts."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from shiliu.env import VARIABLES, Environment, SettingError

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[1]
KEY = "kX7-" + "".join(chr(97 + n % 26) for n in range(60))


def documented() -> dict[str, str]:
    page = (ROOT / "docs/guide/settings.md").read_text("utf-8")
    return dict(re.findall(r"^\| `([A-Z_]+)`( \*secret\*)? \|", page, re.M))


def test_every_variable_is_documented_and_no_other() -> None:
    assert documented().keys() == VARIABLES.keys()


def test_secrets_are_documented_as_such() -> None:
    assert {name for name, mark in documented().items() if mark} == {
        n for n, v in VARIABLES.items() if v.secret
    }


def test_defaults_can_be_read() -> None:
    env = Environment({})
    for name in VARIABLES:
        env[name]


def test_empty_variable_is_as_good_as_none() -> None:
    assert Environment({"SHILIU_DATA": " "})["SHILIU_DATA"] == VARIABLES["SHILIU_DATA"].default


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("SHILIU_DEBUG", "Yes", True),
        ("SHILIU_DEBUG", "off", False),
        ("SHILIU_PROXIES", "2", 2),
        ("SHILIU_HOSTS", " a.example , b.example,", ["a.example", "b.example"]),
        ("SHILIU_ENV", "production", "production"),
        ("SHILIU_HOSTS", "*", ["*"]),
        ("SHILIU_HOSTS", ".a.example,[::1],192.0.2.1", [".a.example", "[::1]", "192.0.2.1"]),
        ("SHILIU_BASE_URL", "https://a.example:8443/", "https://a.example:8443/"),
        ("SHILIU_TOWN", "150203100", "150203100"),
        ("SHILIU_FIGURES_SECONDS", "0", 0),
        ("SHILIU_COLUMN_DAYS", "30", 30),
        ("SHILIU_ERROR_CATEGORY", "content-error", "content-error"),
        ("SHILIU_ERROR_CATEGORY", "none", ""),
        ("DATABASE_URL", "postgresql://u@h/d", "postgresql://u@h/d"),
        ("DATABASE_URL", "postgresql://u:p%40ss@[::1]:5433/d", "postgresql://u:p%40ss@[::1]:5433/d"),
        ("DATABASE_URL", "sqlite:////srv/d.sqlite3", "sqlite:////srv/d.sqlite3"),
        ("SHILIU_MAIL_URL", "smtps://u:p@mail.example", "smtps://u:p@mail.example"),
    ],
)
def test_value_is_read_with_its_type(name: str, value: str, read: object) -> None:
    assert Environment({name: value})[name] == read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHILIU_DEBUG", "perhaps"),
        ("SHILIU_PROXIES", "-1"),
        ("SHILIU_PROXIES", "many"),
        ("SHILIU_ENV", "prod"),
        ("SHILIU_LOG_LEVEL", "LOUD"),
        ("SHILIU_HOSTS", "https://shiliu.example.org"),
        ("SHILIU_HOSTS", "a.example:8000"),
        ("SHILIU_BASE_URL", "shiliu.example.org"),
        ("SHILIU_BASE_URL", "https://"),
        ("SHILIU_BASE_URL", "https://shiliu.example.org/town"),
        ("SHILIU_BASE_URL", "ftp://shiliu.example.org"),
        ("SHILIU_CACHE_URL", "memcached://h"),
        ("SHILIU_CACHE_URL", "redis"),
        ("SHILIU_MAIL_FROM", "nobody"),
        ("SHILIU_TOWN", "15020310"),
        ("SHILIU_FIGURES_SECONDS", "-1"),
        ("SHILIU_COLUMN_DAYS", "two weeks"),
        ("SHILIU_ERROR_CATEGORY", "content error"),
        ("SHILIU_TOWN", "昆河镇"),
    ],
)
def test_bad_value_names_the_variable_and_what_it_accepts(name: str, value: str) -> None:
    with pytest.raises(SettingError) as refusal:
        Environment({name: value})[name]
    assert name in str(refusal.value)
    assert value in str(refusal.value)
    assert VARIABLES[name].accepts in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://me:hunter2@h/d"),
        ("DATABASE_URL", "postgresql://me:hunter2@h:port/d"),
        ("DATABASE_URL", "postgresql://me:hunter2@h"),
        ("DATABASE_URL", "postgresql://me:hunter2@[::1/d"),
        ("DATABASE_URL", "sqlite://hunter2"),
        ("SHILIU_MAIL_URL", "smtp://me:hunter2@h:port"),
        ("SHILIU_MAIL_URL", "http://me:hunter2@h"),
        ("SHILIU_MAIL_URL", "me:hunter2"),
    ],
)
def test_bad_secret_is_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingError) as refusal:
        Environment({name: value})[name]
    assert f"{name} does not accept what it is set to. It accepts: " in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_misspelt_variable_is_refused_with_the_one_meant() -> None:
    with pytest.raises(SettingError, match="SHILIU_HOSTS"):
        Environment({"SHILIU_HOST": "a.example"})


def test_secret_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    assert Environment({"SHILIU_SECRET_KEY_FILE": str(file)})["SHILIU_SECRET_KEY"] == KEY


def test_secret_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="both"):
        Environment({"SHILIU_SECRET_KEY_FILE": str(tmp_path), "SHILIU_SECRET_KEY": KEY})["SHILIU_SECRET_KEY"]


def test_secret_from_a_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="SHILIU_SECRET_KEY_FILE"):
        Environment({"SHILIU_SECRET_KEY_FILE": str(tmp_path / "none")})["SHILIU_SECRET_KEY"]


def test_secret_from_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingError, match=r"SHILIU_SECRET_KEY_FILE: .* is not a text in UTF-8"):
        Environment({"SHILIU_SECRET_KEY_FILE": str(tmp_path / "key")})["SHILIU_SECRET_KEY"]


def test_only_secrets_come_from_files() -> None:
    with pytest.raises(SettingError, match="SHILIU_DATA_FILE is not a setting"):
        Environment({"SHILIU_DATA_FILE": "/etc/data"})


def start(data: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": "/usr/bin:/bin", "SHILIU_DATA": str(data), **variables}
    command = [sys.executable, "-m", "shiliu", "check"]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({}, "SHILIU_HOSTS"),
        ({"SHILIU_HOSTS": "a.example", "SHILIU_DEBUG": "true"}, "SHILIU_DEBUG"),
        ({"SHILIU_HOSTS": "*"}, "SHILIU_HOSTS"),
        ({"SHILIU_HOSTS": "a.example"}, "SHILIU_SECRET_KEY"),
        ({"SHILIU_HOSTS": "a.example", "SHILIU_SECRET_KEY": "short"}, "SHILIU_SECRET_KEY"),
        ({"SHILIU_HOSTS": "a.example", "SHILIU_SECRET_KEY": KEY}, "SHILIU_FIELD_KEYS"),
    ],
)
def test_production_refuses(tmp_path: Path, variables: dict[str, str], named: str) -> None:
    done = start(tmp_path, SHILIU_ENV="production", **variables)
    assert done.returncode == 2
    assert named in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = start(tmp_path / "file")
    assert done.returncode == 2
    assert "SHILIU_DATA" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
