"""Everything that `make check` looks at. All of it runs, also after a failure; the end says what failed.

tools/check.py              everything
tools/check.py types lint   only these
"""

import argparse
import filecmp
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LOCKS = ("requirements/base.txt", "requirements/dev.txt")
# What the house is built of is typed in full; screens and wiring are typed where it helps.
TYPED_PACKAGE = "shiliu/core"
TYPED_MODULES = ("actions", "rules", "states", "figures")
UNREACHABLE = re.compile(r"error sending request|dns error|Failed to fetch|connect|timed out|offline", re.I)
HOST = re.compile(r"://|^\s*(--index|--extra-index|--find-links|-i |-f )|^[\w.-]+ @ ", re.M)


@dataclass
class Result:
    passed: bool
    said: str
    skipped: bool = False


def run(*command: str | Path, environment: Mapping[str, str] | None = None) -> Result:
    words = [str(part) for part in command]
    done = subprocess.run(words, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    return Result(done.returncode == 0, done.stdout + done.stderr)


def run_with_settings(*command: str | Path) -> Result:
    """Run what loads Shiliu's settings, with an install of its own: a real one's keys are not touched."""
    own = {
        name: value for name, value in os.environ.items() if not name.startswith(("SHILIU_", "DATABASE_URL"))
    }
    with tempfile.TemporaryDirectory(prefix="shiliu-check-") as data:
        return run(*command, environment=own | {"SHILIU_DATA": data})


def lint() -> Result:
    return run(BIN / "ruff", "check", "--output-format", "concise", ".")


def layout() -> Result:
    return run(BIN / "ruff", "format", "--check", "--output-format", "concise", ".")


def types() -> Result:
    modules = [path for name in TYPED_MODULES for path in sorted(REPOSITORY.glob(f"shiliu/*/{name}.py"))]
    relative = [path.relative_to(REPOSITORY).as_posix() for path in modules]
    outside = [path for path in relative if not path.startswith(f"{TYPED_PACKAGE}/")]
    return run_with_settings(BIN / "mypy", TYPED_PACKAGE, *outside)


def imports() -> Result:
    return run(BIN / "lint-imports", "--no-cache", "--no-logo")


def migrations() -> Result:
    return run_with_settings(sys.executable, "-m", "shiliu", "makemigrations", "--check", "--dry-run")


def translations() -> Result:
    return run(sys.executable, "tools/translations.py", "check")


def numbers() -> Result:
    return run(sys.executable, "tools/registry_only.py")


def lock() -> Result:
    """Compile the lock again in a copy, beginning with the present one: nothing may change."""
    for name in LOCKS:
        if named := HOST.search((REPOSITORY / name).read_text("utf-8")):
            return Result(False, f"{name} names a host or an index: “{named[0].strip()}”. Run `make lock`.")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("requirements", "tools"):
            shutil.copytree(REPOSITORY / name, copy / name)
        shutil.copy(REPOSITORY / "pyproject.toml", copy)
        (copy / ".venv").symlink_to(BIN.parent)
        compiled = run(copy / "tools/lock.sh")
        if not compiled.passed and UNREACHABLE.search(compiled.said):
            sentence = "The package index cannot be reached, so whether the lock is current is not known.\n"
            return Result(False, sentence + compiled.said, skipped="CI" not in os.environ)
        if not compiled.passed:
            return compiled
        old = [name for name in LOCKS if not filecmp.cmp(REPOSITORY / name, copy / name, shallow=False)]
    return Result(
        not old, f"{' and '.join(old)} do not match pyproject.toml. Run `make lock`." if old else ""
    )


CHECKS: dict[str, Callable[[], Result]] = {
    "types": types,  # the longest first
    "lock": lock,
    "migrations": migrations,
    "imports": imports,
    "translations": translations,
    "numbers": numbers,
    "lint": lint,
    "format": layout,
}


def report(name: str, result: Result, seconds: float) -> None:
    word = "ok" if result.passed else "not checked" if result.skipped else "FAILED"
    print(f"{name:14}{word:12}{seconds:5.1f} s", flush=True)
    if not result.passed:
        print(result.said.rstrip(), flush=True)


def timed(name: str) -> Result:
    began = time.monotonic()
    result = CHECKS[name]()
    report(name, result, time.monotonic() - began)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="check", help=", ".join(CHECKS))
    names = parser.parse_args().names or list(CHECKS)
    if unknown := set(names) - CHECKS.keys():
        parser.error(f"{', '.join(sorted(unknown))}: not a check. There are {', '.join(CHECKS)}.")
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = dict(zip(names, pool.map(timed, names), strict=True))
    failed = [name for name, result in results.items() if not result.passed and not result.skipped]
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
