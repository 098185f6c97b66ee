"""The command `shiliu`: an overview, `serve` without Django's memory, and everything else through Django.

What a person can put right (a setting, a folder, a port) is one sentence on stderr and exit status 2;
`--traceback` shows where it came from.
"""

import argparse
import importlib.metadata
import os
import subprocess
import sys
from collections.abc import Callable, Sequence

OVERVIEW = """\
Shiliu: a township's community work, recorded once.

  serve              serve the sites, with background worker and clock, until Ctrl-C
  setup              prepare database, keys and static files; safe to repeat
  sample             load the sample township
  generate           fill an empty install with an invented county of any size
  import             read a folder of CSV files, with a dry run
  export             write the same files, or empty templates of them
  import-boundaries  read where areas lie from a GeoJSON file, with a dry run
  export-boundaries  write such a file
  reindex            put right what the public search has otherwise than the records
  sums               make the daily sums of figures anew where records have changed
  report             the figures of a period and an area; report verify FILE checks a signed report
  backup             write one encrypted file that holds everything; works while serving
  restore            bring such a file back into an empty install
  doctor             say what is configured, reachable, missing
  keys               show, make and rotate keys
  clients            keys of programs that file requests by Open311
  worker             background worker and clock alone, where many machines share the work

`shiliu COMMAND --help` explains a command. `shiliu help --commands` lists Django's own as well.
"""

CHECK_SETTINGS = "from shiliu.cli import check_settings; check_settings()"


def serve(arguments: Sequence[str]) -> int:
    """`shiliu serve`. The settings are read in a process of their own, so that this one stays small."""
    from shiliu import supervisor

    parser = argparse.ArgumentParser(
        prog="shiliu serve",
        description="Serve the sites: web server, background worker and clock under one supervisor. "
        "What crashes is started again. Ctrl-C or SIGTERM stops all in order, finishing what has begun.",
        epilog="Example: shiliu serve --port 8001 --workers 2",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="the address to listen on; 0.0.0.0 for every network of this machine",
    )
    parser.add_argument("--port", default=8000, type=_port, help="the port to listen on")
    parser.add_argument(
        "--workers",
        default=1,
        type=_count,
        help="web worker processes, about one per core; each takes some 120 MB",
    )
    options = parser.parse_args(arguments)
    status = subprocess.run([sys.executable, "-c", CHECK_SETTINGS], check=False).returncode  # noqa: S603
    if status:
        return status
    try:
        return supervisor.serve(host=options.host, port=options.port, workers=options.workers)
    except supervisor.CannotServe as refusal:
        return _refuse(str(refusal), refusal.status)


def _port(value: str) -> int:
    number = int(value) if value.isdecimal() else 0
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"“{value}” is not a port. It accepts a number from 1 to 65535.")
    return number


def _count(value: str) -> int:
    number = int(value) if value.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"“{value}” is not a number of workers. It accepts 1 or more.")
    return number


def check_settings() -> None:
    """Exit with a sentence if the settings cannot be used."""
    sys.exit(_in_sentences(_read_settings, traceback=False))


def _read_settings() -> None:
    from django.conf import settings

    settings.INSTALLED_APPS  # noqa: B018 (reads the settings; Django's own commands would go on without them)


def manage(arguments: Sequence[str]) -> None:
    """Django's and Shiliu's management commands."""
    from django.core.management import execute_from_command_line

    _read_settings()
    execute_from_command_line(["shiliu", *arguments])


def _in_sentences(work: Callable[[], None], *, traceback: bool) -> int:
    """Run it; what a person can put right becomes one sentence. Returns the exit status."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    try:
        work()
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `shiliu report | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except (ImproperlyConfigured, OperationalError, OSError) as error:
        if traceback:
            raise
        return _refuse(_sentence(error))
    return 0


def _sentence(error: Exception) -> str:
    from django.db import OperationalError

    if isinstance(error, OperationalError):
        return f"The database cannot be used: {str(error).strip()}. `shiliu doctor` says more."
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    return str(error)


def _refuse(sentence: str, status: int = 2) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201
    return status


def main(arguments: Sequence[str] | None = None) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (a copied folder can be run by any Python)
        sys.exit(f"Shiliu needs Python 3.11 or newer; this one is {sys.version.split()[0]}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shiliu.settings")
    command = list(sys.argv[1:] if arguments is None else arguments)
    if not command or command in (["--help"], ["-h"], ["help"]):
        print(OVERVIEW, end="")  # noqa: T201
        sys.exit(0)
    if command == ["--version"]:
        print(importlib.metadata.version("shiliu"))  # noqa: T201
        sys.exit(0)
    if command[0] == "serve":
        sys.exit(serve(command[1:]))
    if command[:2] == ["report", "verify"]:  # without settings: it needs neither keys nor a database
        from shiliu.figures.signing import verify

        sys.exit(verify.main(command[2:]))
    sys.exit(_in_sentences(lambda: manage(command), traceback="--traceback" in command))
