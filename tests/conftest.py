"""What every test may use: the kind of database, installs of their own for whole commands, a browser."""

import gc
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_django
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection
from django.test.utils import setup_databases, teardown_databases
from hypothesis import settings as property_tests

from tools import migrated

REPOSITORY = Path(__file__).resolve().parents[1]
# How long an example takes depends on the machine's other work; how many there are does not.
property_tests.register_profile("shiliu", deadline=None)
property_tests.load_profile("shiliu")


def pytest_collection_finish() -> None:
    """Everything is imported: the collector of garbage need not walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


Install = dict[str, str]  # the environment in which `shiliu` works on that install


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    from shiliu.figures import kept

    kept.forget()


@pytest.fixture(scope="session")
def on_postgres() -> bool:
    return bool(settings.DATABASES["default"]["ENGINE"] == "shiliu.core.postgresql")


class PostgresDatabases:
    """Databases besides the test database, on the server that DATABASE_URL names."""

    def __init__(self, url: str) -> None:
        self.server = urlsplit(url)._replace(path="/postgres").geturl()
        self.made: list[str] = []

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def make(self, copy_of: str = "template0") -> str:
        """The URL of a new database: empty, or a copy of one that nobody is connected to."""
        name = f"shiliu_{uuid.uuid4().hex}"
        self.execute(f'CREATE DATABASE {name} TEMPLATE "{copy_of}"')
        self.made.append(name)
        return urlsplit(self.server)._replace(path=f"/{name}").geturl()

    def drop(self) -> None:
        for name in self.made:
            self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def databases(on_postgres: bool) -> Iterator[PostgresDatabases | None]:
    """None on SQLite, where a database is a file of its install."""
    made = PostgresDatabases(os.environ["DATABASE_URL"]) if on_postgres else None
    yield made
    if made is not None:
        made.drop()


def _environment(data: Path, database_url: str) -> Install:
    """Nothing of the test run's own settings but what a shell would have."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    install = kept | {"SHILIU_DATA": str(data), "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "utf-8"}
    return install | ({"DATABASE_URL": database_url} if database_url else {})


@pytest.fixture
def empty_install(tmp_path: Path, databases: PostgresDatabases | None) -> Install:
    """A new install without tables, on the same kind of database: the environment for `shiliu`."""
    return _environment(tmp_path / "data", databases.make() if databases else "")


@pytest.fixture(scope="session")
def django_db_keepdb(on_postgres: bool) -> bool:
    """Whether to begin with the file of an earlier run. Migrating takes longer than a thousand tests."""
    return not on_postgres and migrated.kept().exists()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_keepdb: bool
) -> None:
    if django_db_keepdb:
        shutil.copyfile(migrated.kept(), settings.DATABASES["default"]["TEST"]["NAME"])


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: pytest_django.DjangoDbBlocker,
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    tmp_path_factory: pytest.TempPathFactory,
    databases: PostgresDatabases | None,
) -> Iterator[Install]:
    """The test database, and before any test writes: a copy of it, migrated, for installs.

    pytest-django's own makes none when no test of the run asks for one as `db`; some ask for an install only.
    """
    with django_db_blocker.unblock():
        names = setup_databases(0, interactive=False, keepdb=django_db_keepdb, aliases=[DEFAULT_DB_ALIAS])
        assert connection.introspection.table_names(), "an empty database would be kept as the migrated one"
        copy = _copy_for_installs(tmp_path_factory.mktemp("prepared") / "data", databases)
        if databases is None and not django_db_keepdb:
            migrated.keep(Path(copy["SHILIU_DATA"]) / "shiliu.sqlite3")
    yield copy
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(names, verbosity=0)


def _copy_for_installs(data: Path, databases: PostgresDatabases | None) -> Install:
    shutil.copytree(settings.DATA / "keys", data / "keys")  # a database belongs to its keys
    if databases is None:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(data / "shiliu.sqlite3")])
        return _environment(data, "")
    connection.close()  # PostgreSQL copies a database that nobody is connected to
    return _environment(data, databases.make(copy_of=connection.settings_dict["NAME"]))


@pytest.fixture(scope="session")
def _prepared(django_db_setup: Install) -> Install:
    """`shiliu setup` once per run; tests get copies. Its slow part, the migrations, is done already."""
    _run(django_db_setup, "setup")
    return django_db_setup


@pytest.fixture
def prepared_install(tmp_path: Path, _prepared: Install, databases: PostgresDatabases | None) -> Install:
    """An install after `shiliu setup`, a copy of its own: the environment for `shiliu`."""
    data = tmp_path / "data"
    shutil.copytree(_prepared["SHILIU_DATA"], data)
    name = urlsplit(_prepared["DATABASE_URL"]).path.strip("/") if databases else ""
    return _environment(data, databases.make(copy_of=name) if databases else "")


def _run(install: Install, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "shiliu", *arguments],
        env=install,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0 or not check, f"shiliu {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture
def shiliu() -> Callable[..., subprocess.CompletedProcess[str]]:
    """shiliu(install, "report", …): the command, run to its end; `check=False` where it should fail."""
    return _run


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """A headless Chromium (playwright's Browser). Its microphone hums, for pages that are let hear it."""
    from playwright.sync_api import sync_playwright

    from tools import chromium

    path = chromium.find()
    assert path, "Chromium is missing. Type: sudo apt-get install chromium"
    # playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        unconfined = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's sandbox refuses root
        arguments = [*unconfined, "--use-fake-device-for-media-stream"]
        launched = playwright.chromium.launch(executable_path=path, args=arguments)
        yield launched
        launched.close()


@pytest.fixture
def page(browser, live_server) -> Iterator[object]:
    """A new window on the live server (`page.goto("/")`), in Chinese, 1,280 px wide.

    The test fails when a script throws or the console shows an error: a blocked script or style is one.
    """
    context = browser.new_context(
        base_url=live_server.url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1280, "height": 800},
    )
    window = context.new_page()
    faults: list[str] = []
    window.on("pageerror", lambda error: faults.append(str(error)))
    window.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    yield window
    context.close()
    assert faults == []


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Tests compare sentences with the source's English; a web request still chooses for itself."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture
def places(db: None) -> object:
    """Two towns with their communities and grids: `tests.factories.Places`."""
    from tests import factories

    return factories.places()


@pytest.fixture
def staff(places: object) -> object:
    """One person in each post of `tests.factories.POSTS`, and one without: `tests.factories.Staff`."""
    from tests import factories

    return factories.staff(places)  # type: ignore[arg-type]


@pytest.fixture
def start_process(transactional_db: None) -> Iterator[Callable[[], object]]:
    """start_process(): another process on the test database (`tests.processes`), killed at the end."""
    from django.core.cache import cache

    from tests.processes import Process

    started: list[Process] = []

    def start() -> Process:
        started.append(Process())
        return started[-1]

    yield start
    for process in started:
        process.kill()
    cache.clear()  # its table is no model's, so the flush after the test does not empty it
