"""`kill -9` at any moment of an import, or of actions: whole batches, and nothing lost that was told."""

import csv
import json
import random
from collections import Counter
from pathlib import Path

from shiliu.core.search import marks, tokens
from tests.exchange.killed import Runner, stored
from tests.exchange.sheets import TREE, area, sheet, write

KILLS = 10
BATCH = 200
EARLIER, ALL, SIZES = 600, 4000, 1200  # whole batches, so that a torn one would show
REQUESTS = "code,area,category,words,received_at,due_at,contact_name,contact_phone"
VILLAGE = TREE[2]


def requests(n: int, words: str) -> list[list[str]]:
    times = ["2023-05-10T09:00:00+08:00", "2023-05-15T18:00:00+08:00"]
    return [[f"R{i:05}", VILLAGE, "lamp", f"{words}第{i}盏", *times, "甲某", f"139{i:08}"] for i in range(n)]


def before(folder: Path) -> Path:
    """What is on record before anything is killed."""
    return write(
        folder,
        areas=sheet("code,name,valid_from", *map(area, TREE)),
        categories=sheet("code,name,due_amount,due_unit", "lamp,路灯,3,work_day"),
        strands=sheet("code,name", "S1,支队"),
        teams=sheet("code,name,strand,area,valid_from", f"T1,队,S1,{VILLAGE},2020-01-01"),
        groups=sheet(
            "code,name,area,valid_from", *(f"G{n:03},群,{VILLAGE},2020-01-01" for n in range(SIZES // 30))
        ),
        requests=sheet(REQUESTS, *requests(EARLIER, "路灯不亮")),
    )


def after(folder: Path) -> Path:
    """Every earlier request changed, twice as many new ones, and rows of a compound key."""
    sizes = [f"G{n // 30:03},2023-05-{n % 30 + 1:02},{n}" for n in range(SIZES)]
    return write(
        folder,
        requests=sheet(REQUESTS, *requests(ALL, "水管漏水")),
        group_sizes=sheet("group,day,members", *sizes),
    )


def assert_whole(install: dict[str, str]) -> tuple[int, int]:
    """Records, audit and search agree, and files stand there in whole batches. Rows of each file so far."""
    found = stored(install, "SELECT code, version FROM requests_request")
    documents = dict(
        stored(install, "SELECT public_id, tokens FROM core_searchdocument WHERE kind = 'requests.request'")
    )
    audit = stored(install, "SELECT verb, kind, public_id, version, data FROM core_auditentry")
    loaded: Counter[str] = Counter()
    corrected: dict[str, int] = {}
    for verb, kind, public_id, version, data in audit:
        if verb == "core.load":
            loaded[kind] += (json.loads(data) if isinstance(data, str) else data)["created"]
        else:
            assert (verb, kind, public_id in corrected) == ("core.correct", "requests.request", False)
            corrected[public_id] = version
    sizes = stored(install, "SELECT count(*) FROM channel_groupsize")[0][0]
    changed = {code for code, version in found if version == 2}
    done = len(found) if len(found) > EARLIER else len(changed)

    assert {code for code, _version in found} == {f"R{i:05}" for i in range(len(found))}
    assert changed == {f"R{i:05}" for i in range(min(done, EARLIER))}
    assert corrected == dict.fromkeys(changed, 2)
    assert loaded["requests.request"] == len(found)
    assert loaded["channel.groupsize"] == sizes
    assert documents == {
        code: TOKENS[code in changed or i >= EARLIER][i] for i, (code, _v) in enumerate(sorted(found))
    }
    assert done % BATCH == sizes % BATCH == 0
    assert_index_is_whole(install)
    return done, sizes


TOKENS = {
    is_new: [
        f"{marks('requests.request', area)} {tokens(f'{code} {text}')}"
        for code, area, _category, text, *_rest in requests(ALL, words)
    ]
    for is_new, words in ((False, "路灯不亮"), (True, "水管漏水"))
}


def assert_index_is_whole(install: dict[str, str]) -> None:
    if "DATABASE_URL" not in install:
        check = (
            "INSERT INTO core_searchdocument_fts(core_searchdocument_fts, rank) VALUES ('integrity-check', 1)"
        )
        assert stored(install, check) == []
        assert stored(install, "PRAGMA integrity_check") == [("ok",)]
        assert stored(install, "PRAGMA foreign_key_check") == []


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_import_killed_ten_times(prepared_install: dict[str, str], tmp_path: Path) -> None:
    dice, folder = random.Random(), after(tmp_path / "after")
    progress, kills, window = [(0, 0)], 0, 0.1  # seconds of processor time; the whole takes about two
    with Runner(prepared_install) as runner:
        runner.run("import", before(tmp_path / "before"), BATCH)
        while kills < KILLS:
            if runner.kill(dice.uniform(0.01, window), "import", folder, BATCH) is None:
                window /= 2  # it was over: again, sooner
                continue
            kills += 1
            progress.append(assert_whole(prepared_install))
            assert progress[-1] >= progress[-2]
            window *= 0.7 if progress[-1] > progress[-2] else 1.5
        assert any((0, 0) < reached < (ALL, SIZES) for reached in progress)
        said = runner.run("import", folder, BATCH)
        assert not [line for line in said if line.startswith("refused")]
        assert assert_whole(prepared_install) == (ALL, SIZES)
        runner.run("export", tmp_path / "out")
    # What an undisturbed import leaves is what its files say.
    for name in ("requests", "group_sizes"):
        wanted, found = rows(folder / f"{name}.csv"), rows(tmp_path / "out" / f"{name}.csv")
        assert [{column: row[column] for column in wanted[0]} for row in found] == wanted


def test_actions_killed_ten_times(prepared_install: dict[str, str], tmp_path: Path) -> None:
    dice = random.Random()
    told: dict[str, dict[int, str]] = {"ask": {}, "accept": {}, "assign": {}}
    with Runner(prepared_install) as runner:
        folder = before(tmp_path)
        (folder / "requests.csv").unlink()
        runner.run("import", folder)
        for _kill in range(KILLS):
            said = runner.kill(dice.uniform(0.01, 0.3), "ask", len(told["assign"]), 10**6)
            assert said is not None
            for step, n, code in (line.split() for line in said):
                assert told[step].setdefault(int(n), code) == code
            assert_nothing_lost(prepared_install, told)
        done = len(told["assign"])
        assert done > KILLS
        records = stored(prepared_install, "SELECT code, version, state FROM requests_request ORDER BY id")
        again = runner.run("ask", 0, done)
        assert {int(n): code for step, n, code in map(str.split, again) if step == "ask"} == {
            n: told["ask"][n] for n in range(done)
        }
        statement = "SELECT code, version, state FROM requests_request ORDER BY id"
        assert stored(prepared_install, statement) == records


STEPS = ["requests.ask", "requests.accept", "requests.assign"]
STATES = ["received", "accepted", "assigned"]


def assert_nothing_lost(install: dict[str, str], told: dict[str, dict[int, str]]) -> None:
    """Each request has its key, its whole story and its words in the index; what was told is there."""
    records = stored(install, "SELECT code, version, state, team_id FROM requests_request")
    keys = dict(stored(install, "SELECT public_id, key FROM core_submission"))
    story: dict[str, list[tuple[str, int]]] = {}
    audit = "SELECT public_id, verb, version FROM core_auditentry WHERE kind = 'requests.request' ORDER BY id"
    for code, verb, version in stored(install, audit):
        story.setdefault(code, []).append((verb, version))
    indexed = stored(install, "SELECT public_id FROM core_searchdocument WHERE kind = 'requests.request'")

    for code, version, state, team in records:
        assert story.pop(code) == list(zip(STEPS[:version], range(1, version + 1), strict=True))
        assert (state, team is not None) == (STATES[version - 1], version == 3)
    assert not story
    assert sorted(code for (code,) in indexed) == sorted(keys)
    assert {code for code, *_rest in records} == set(keys)
    versions = {code: version for code, version, *_rest in records}
    for least, step in enumerate(told, 1):
        for n, code in told[step].items():
            assert keys[code] == f"key-{n}"
            assert versions[code] >= least
