"""The development scripts: the translation catalogue on small trees, the set-up script, the lock."""

import gettext
import re
import shutil
import subprocess
from pathlib import Path

import grimp
import pytest

from tools import check, contracts, translations
from tools import test as test_runner

pytestmark = pytest.mark.once
REPOSITORY = Path(translations.__file__).parents[1]
PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy

SAVE = _("Save")
TITLE = gettext_lazy("Requests of %(area)s")
# Translators: the month, not the verb
MAY = pgettext_lazy("month", "May")
def found(n):
    return ngettext("One request", "%(n)d requests", n)
def shown(n):
    return f"{n} · {_('Nested').upper()} · {ngettext('one', 'many', n)}"
"""
TEMPLATE = """
{# Translators: on a button #}
{% load i18n %}
  {% if user %}
{% translate "Sign out" %} {% trans 'It\\'s “late”' %}
    {% endif %}
{% translate "May" context "permission" %}
{% blocktranslate trimmed with name=user.name %}
    Good day,
    {{ name }}
{% endblocktranslate %}
{% blocktranslate count n=rows|length %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
{{ value|default:_("None yet") }} {{ _("Alone") }} {% include "x.html" with title=_("A title") %}
An ordinary 'quote, an unbalanced ( and a 5 % share.
"""
EXPECTED = {
    (None, "Save"),
    (None, "Requests of %(area)s"),
    ("month", "May"),
    (None, "One request"),
    (None, "Nested"),
    (None, "one"),
    (None, "Sign out"),
    ("permission", "May"),
    (None, "Good day, %(name)s"),
    (None, "%(n)s row"),
    (None, "None yet"),
    (None, "Alone"),
    (None, "A title"),
}
SAVED = 'msgid "Save"\nmsgstr "Save"'
EMPTY = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'


@pytest.fixture
def tree(tmp_path):
    """A small repository with every form of translatable text and an empty catalogue."""
    package = tmp_path / "shiliu"
    catalogue = package / "locale/zh_Hans/LC_MESSAGES/django.po"
    for folder in (package / "templates", package / "migrations", catalogue.parent):
        folder.mkdir(parents=True)
    (package / "views.py").write_text(PYTHON)
    (package / "templates/page.html").write_text(TEMPLATE.replace("It\\'s “late”", "It is late"))
    (package / "migrations/0001_initial.py").write_text("_('Of a migration')")
    catalogue.write_text(EMPTY)
    return tmp_path


def catalogue(tree: Path) -> Path:
    return tree / "shiliu/locale/zh_Hans/LC_MESSAGES/django.po"


def put(tree: Path, wrong: str, right: str) -> None:
    """Replace one text of the catalogue, as a translator's editor does."""
    text = catalogue(tree).read_text("utf-8")
    assert wrong in text
    catalogue(tree).write_text(text.replace(wrong, right, 1), "utf-8")


def translate_all(tree: Path) -> None:
    """Translate each text by itself, so that placeholders are right."""
    translations.update(tree)
    catalog = translations.read(catalogue(tree))
    for message in catalog:
        if message.id:
            message.string = (message.id[1],) if message.pluralizable else message.id
    translations.write(catalogue(tree), catalog)


def faults(tree: Path) -> list[str]:
    return translations.faults(tree, catalogue(tree), translations.extracted(tree))


def test_extracted_finds_every_form(tree):
    found = translations.messages(translations.extracted(tree))

    assert set(found) == EXPECTED | {(None, "It is late")}
    assert found[None, "One request"].id == ("One request", "%(n)d requests")
    assert found[None, "%(n)s row"].id == ("%(n)s row", "%(n)s rows")
    assert found["month", "May"].auto_comments == ["Translators: the month, not the verb"]


def test_extracted_names_a_template_that_cannot_be_read(tree):
    (tree / "shiliu/templates/bad.html").write_text(
        "{% blocktranslate %}{% if x %}{% endif %}{% endblocktranslate %}"
    )

    with pytest.raises(SystemExit, match=r"shiliu/templates/bad\.html: Translation blocks must not"):
        translations.extracted(tree)


def test_update_keeps_translations_and_drops_what_is_gone(tree):
    translate_all(tree)
    put(tree, SAVED, 'msgid "Save"\nmsgstr "保存"')
    (tree / "shiliu/templates/page.html").unlink()

    translations.update(tree)

    kept = translations.messages(translations.read(catalogue(tree)))
    assert kept[None, "Save"].string == "保存"
    assert (None, "Requests of %(area)s") in kept
    assert (None, "Sign out") not in kept
    assert "Alone" not in catalogue(tree).read_text("utf-8")


def test_update_does_not_guess_from_similar_texts(tree):
    translate_all(tree)
    put(tree, SAVED, 'msgid "Save"\nmsgstr "保存"')
    views = tree / "shiliu/views.py"
    views.write_text(PYTHON.replace('"Save"', '"Save it"'))

    translations.update(tree)

    assert translations.messages(translations.read(catalogue(tree)))[None, "Save it"].string == ""


def test_update_twice_changes_nothing_and_writes_no_dates_or_lines(tree):
    translate_all(tree)
    once = catalogue(tree).read_text("utf-8")
    (tree / "shiliu/views.py").write_text("\n\n\n" + PYTHON)

    translations.update(tree)

    assert catalogue(tree).read_text("utf-8") == once
    assert not re.search(r"\d{4}-\d\d-\d\d|\.py:\d", once)


def test_faults_of_a_complete_catalogue_are_none(tree, capsys):
    translate_all(tree)

    assert faults(tree) == []
    assert translations.check(tree) == 0
    assert capsys.readouterr().out == "Every translation is there (14 texts).\n"


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        (SAVED, 'msgid "Save"\nmsgstr ""', "zh_Hans: untranslated: “Save”"),
        (SAVED, f"#, fuzzy\n{SAVED}", "zh_Hans: fuzzy: “Save”"),
        ('msgid "Save"', 'msgid "Store"', "zh_Hans: missing: “Save”|zh_Hans: obsolete: “Store”"),
        ('msgstr "Requests of %(area)s"', 'msgstr "%(aera)s"', "placeholders differ: “Requests of %(area)s”"),
        ('msgstr "Requests of %(area)s"', 'msgstr "件"', "placeholders differ: “Requests of %(area)s”"),
        ('msgstr[0] "%(n)d requests"', 'msgstr[0] "件"', "zh_Hans: placeholders differ: “One request”"),
        ('msgstr[0] "%(n)d requests"', 'msgstr[0] ""', "zh_Hans: untranslated: “One request”"),
    ],
)
def test_faults_are_named(tree, capsys, wrong, right, fault):
    translate_all(tree)
    put(tree, wrong, right)

    assert "|".join(faults(tree)).endswith(fault)
    assert translations.check(tree) == 1
    assert "`make messages`" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("english", "chinese", "same"),
    [
        ("%(a)s of %(b)s", "%(b)s的%(a)s", True),
        ("%s of %d", "%d 的 %s", False),
        ("{name} at {place}", "在{place}的{name}", True),
        ("{name:>5}", "{name}", True),
        ("{} and {}", "{}和", False),
        ("100%% of %(n)s", "%(n)s 的 100%%", True),
        ("100 % sure", "百分之百", True),
        ("{{name}}", "名", True),
    ],
)
def test_placeholders_compare_names_freely_and_positions_in_order(english, chinese, same):
    assert (translations.placeholders(english) == translations.placeholders(chinese)) is same


def test_compiled_catalogue_is_what_gettext_reads(tree):
    translate_all(tree)
    put(tree, SAVED, 'msgid "Save"\nmsgstr "保存"')

    translations.compile_all(tree)

    with catalogue(tree).with_suffix(".mo").open("rb") as file:
        chinese = gettext.GNUTranslations(file)
    assert chinese.gettext("Save") == "保存"
    assert chinese.ngettext("One request", "%(n)d requests", 1) == "%(n)d requests"
    assert chinese.pgettext("month", "May") == "May"


def test_lock_agrees_between_base_and_dev_and_names_no_host():
    pinned = {}
    for name in ("base", "dev"):
        text = (REPOSITORY / f"requirements/{name}.txt").read_text("utf-8")
        pinned[name] = dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))
        assert "://" not in text
        assert "--index" not in text

    assert pinned["base"].items() <= pinned["dev"].items()


@pytest.fixture
def folder(tmp_path):
    """A folder with the set-up script, to see what it says when something is missing."""
    shutil.copytree(REPOSITORY / "tools", tmp_path / "tools")
    return tmp_path


def set_up(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [folder / "tools/setup.sh"],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def stand_in(folder: Path, program: str) -> str:
    """A shell program in the place of python3."""
    path = folder / "python3"
    path.write_text(f"#!/bin/sh\n{program}\n")
    path.chmod(0o755)
    return str(path)


def test_setup_names_a_python_that_is_too_old(folder):
    old = stand_in(folder, 'case "$1" in -V) echo Python 3.9.2 ;; *) exit 1 ;; esac')

    done = set_up(folder, PYTHON=old, PATH=str(bare_path(folder)))

    assert done.returncode == 2
    assert done.stderr == (
        "Shiliu needs Python 3.11 or newer (found: Python 3.9.2). "
        "Install one, or name it: make PYTHON=/path/to/python3\n"
    )


def bare_path(folder: Path) -> Path:
    """A PATH without any Python."""
    programs = folder / "bin"
    programs.mkdir()
    for name in ("sh", "dirname", "cat", "cksum"):
        (programs / name).symlink_to(shutil.which(name))
    return programs


def test_setup_names_the_package_when_venv_is_missing(folder):
    without = stand_in(
        folder, 'case "$1$2" in -V) echo Python 3.11.2 ;; *ensurepip*) exit 1 ;; *) exit 0 ;; esac'
    )

    done = set_up(folder, PYTHON=without)

    assert done.returncode == 2
    assert done.stderr == "Python 3.11.2 has no venv module. On Debian: apt-get install python3-venv\n"


def test_setup_refuses_an_unknown_word(folder):
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/python").symlink_to(stand_in(folder, "exit 0"))

    done = subprocess.run(
        [folder / "tools/setup.sh", "everything"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (2, "tools/setup.sh accepts nothing, or: dev\n")


def test_missing_package_is_named_with_the_command_to_type(monkeypatch, capsys):
    monkeypatch.setattr(test_runner, "PRESENT", {"postgresql": lambda: None, "chromium": lambda: "/here"})
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    with pytest.raises(SystemExit) as stopped:
        test_runner.ensure_packages(test_runner.all_suites())

    assert stopped.value.code == 2
    assert capsys.readouterr().err == "postgresql is missing. Type: sudo apt-get install postgresql\n"


@pytest.fixture
def contract():
    return contracts.OpenModulesContract(
        name="",
        session_options={},
        contract_options={"apps": ["a.aid", "a.later"], "open": ["models", "actions"]},
    )


@pytest.mark.parametrize(
    ("importer", "imported", "kept"),
    [
        ("a.works.views", "a.aid.models", True),
        ("a.works.views", "a.aid.actions.pay", True),
        ("a.aid.urls", "a.aid.views", True),
        ("a.works.views", "a.aid.views", False),
        ("a.aid2.views", "a.aid.views", False),
    ],
)
def test_contract_opens_an_app_by_its_open_modules_only(contract, importer, imported, kept):
    graph = grimp.ImportGraph()
    for module in ("a.aid", importer, imported):
        graph.add_module(module)
    graph.add_import(importer=importer, imported=imported)

    checked = contract.check(graph, verbose=False)

    assert checked.kept is kept
    assert checked.metadata["wrong"] == ([] if kept else [(importer, imported)])


@pytest.mark.parametrize(
    "line",
    ["--index-url https://mirror.test/simple", "-i mirror", "shiliu @ git+ssh", "x==1 # https://mirror.test"],
)
def test_lock_with_a_host_is_found(line):
    assert check.HOST.search(f"anyascii==0.3.3 \\\n    --hash=sha256:00\n{line}\n")


def test_failed_check_fails_the_run_and_the_others_still_run(monkeypatch, capsys):
    results = {"lint": check.Result(False, "E501"), "lock": check.Result(False, "no network", skipped=True)}
    checks = {name: lambda result=result: result for name, result in results.items()}
    monkeypatch.setattr(check, "CHECKS", checks)
    monkeypatch.setattr("sys.argv", ["check.py"])

    assert check.main() == 1

    said = capsys.readouterr().out
    assert re.search(r"^lint +FAILED .*\nE501$", said, re.MULTILINE)
    assert re.search(r"^lock +not checked .*\nno network$", said, re.MULTILINE)
    assert said.endswith("Failed: lint\n")


# What Wagtail has not translated ----------------------------------------------------------------------


def test_lacking_is_what_wagtail_itself_has_not_translated():
    lacked = translations.messages(translations.lacking("zh_Hans", "django"))
    of_wagtail = translations.messages(translations.of_wagtail("zh_Hans", "django"))
    english = translations.messages(translations.of_wagtail("en", "django"))

    assert set(lacked) < set(english)
    for each in english.keys() - lacked.keys():
        assert not list(translations.faults_of(of_wagtail[each])), each


def test_language_that_wagtail_does_not_have_lacks_everything():
    assert len(translations.lacking("zz", "djangojs")) == len(translations.of_wagtail("en", "djangojs")) > 50


def test_supplement_is_checked_as_our_own_catalogue_is(tree):
    path = tree / "shiliu/locale_wagtail/zh_Hans/LC_MESSAGES/djangojs.po"
    path.parent.mkdir(parents=True)
    path.write_text(EMPTY)
    translate_all(tree)

    assert path in translations.catalogues(tree)
    template = translations.template_of(path, translations.extracted(tree))
    found = translations.faults(tree, path, template)
    assert len(found) == len(template)
    assert all("untranslated" in each for each in found)
