"""The command `shiliu` itself: its overview, and that what a person can mend is one sentence."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from shiliu import cli

pytestmark = pytest.mark.once


@pytest.fixture
def run(tmp_path, shiliu):
    """run("serve", …, SHILIU_X="…"): the command in a fresh folder, without a database."""

    def start(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(cli.__file__).parents[1])}
        return shiliu(
            environment | {"SHILIU_DATA": str(tmp_path / "data")} | variables, *arguments, check=False
        )

    return start


@pytest.mark.parametrize("arguments", [(), ("--help",), ("help",)])
def test_overview_is_the_answer_to_nothing(run, arguments):
    done = run(*arguments)

    assert (done.returncode, done.stdout, done.stderr) == (0, cli.OVERVIEW, "")


def test_overview_names_every_command_of_our_own():
    from django.core.management import get_commands

    named = {line.split()[0] for line in cli.OVERVIEW.splitlines() if line.startswith("  ")}
    ours = {name for name, app in get_commands().items() if app.startswith("shiliu.")}
    assert named == ours | {"serve"}


def test_serve_help_needs_no_settings(run):
    done = run("serve", "--help", SHILIU_NONSENSE="1")

    assert done.returncode == 0
    assert "--workers" in done.stdout


@pytest.mark.parametrize("command", [("serve",), ("check",), ("doctor",)])
def test_wrong_setting_is_one_sentence(run, command):
    done = run(*command, SHILIU_PROXYS="1")

    assert done.returncode == 2
    assert done.stderr == "SHILIU_PROXYS is not a setting of Shiliu. Did you mean SHILIU_PROXIES?\n"


def test_folder_that_cannot_be_written_is_one_sentence(run, tmp_path):
    (tmp_path / "file").write_text("")

    done = run("check", SHILIU_DATA=str(tmp_path / "file/data"))

    assert done.returncode == 2
    assert done.stderr.startswith(f"SHILIU_DATA: the folder {tmp_path}/file/data cannot be written")
    assert done.stderr.count("\n") == 1


def test_serve_on_a_port_in_use_is_one_sentence(run):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        done = run("serve", "--port", str(port))

    assert done.returncode == 2
    assert done.stderr == f"Port {port} is in use. Stop the other program, or choose a port with --port.\n"


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (("--port", "0"), "“0” is not a port. It accepts a number from 1 to 65535."),
        (("--port", "http"), "“http” is not a port."),
        (("--workers", "0"), "“0” is not a number of workers. It accepts 1 or more."),
    ],
)
def test_serve_refuses_an_option_with_a_sentence(run, option, sentence):
    done = run("serve", *option)

    assert done.returncode == 2
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (ImproperlyConfigured("SHILIU_X is wrong."), 2, "SHILIU_X is wrong.\n"),
        (PermissionError(13, "Permission denied", "/data"), 2, "/data: Permission denied.\n"),
        (
            OperationalError("unable to open database file"),
            2,
            "The database cannot be used: unable to open database file. `shiliu doctor` says more.\n",
        ),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_what_a_person_can_mend_is_a_sentence(capsys, error, status, sentence):
    def work():
        raise error

    assert cli._in_sentences(work, traceback=False) == status
    assert capsys.readouterr().err == sentence


def test_traceback_shows_where_it_came_from():
    def work():
        raise PermissionError(13, "Permission denied", "/data")

    with pytest.raises(PermissionError):
        cli._in_sentences(work, traceback=True)


def test_a_mistake_of_ours_keeps_its_traceback():
    def work():
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        cli._in_sentences(work, traceback=False)


def test_reader_that_closes_the_pipe_is_no_error(run, tmp_path):
    program = "from shiliu.cli import main; main(['help', '--commands'])"
    environment = {"PYTHONPATH": str(Path(cli.__file__).parents[1]), "SHILIU_DATA": str(tmp_path)}

    writer = subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    writer.stdout.close()
    said = writer.stderr.read()
    writer.stderr.close()

    assert (writer.wait(timeout=30), said) == (141, b"")
