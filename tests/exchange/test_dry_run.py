"""A dry run, and an import that is all or nothing, take back all that they did."""

from pathlib import Path

import pytest
from django.conf import settings

from shiliu.core import access
from shiliu.core.exchange.load import Import
from shiliu.venues.models import Venue
from tests.exchange.sheets import (
    AREA,
    TREE,
    area,
    everything,
    load,
    request,
    requests,
    sheet,
    venue,
    venues,
    write,
)
from tests.factories import Places

pytestmark = pytest.mark.django_db


def township(folder: Path) -> Path:
    """Files that build on each other, over an earlier import; something is changed, something refused."""
    load(write(folder, areas=sheet(AREA, *map(area, TREE)), venues=venues(venue("V1", area=TREE[2]))))
    return write(
        folder,
        areas=sheet(AREA, *map(area, [*TREE, "880001200001", "880001300001"])),
        venues=venues(
            venue("V1", area=TREE[2], name="新名"),
            venue("V2", area="880001200001"),
            venue("V3", area="880001300001"),
        ),
        strands=sheet("编码,名称", "S1,支队"),
        teams=sheet("编码,名称,力量编码,区域编码,成立日期", "T1,队,S1,880001200001,2020-01-01"),
        columns=sheet("code,title,area,opened_on", "news,新闻,880001100,2020-01-01"),
        articles=sheet(
            "code,column,area,title,published_on,body", 'a1,news,880001100,标题,2023-05-10,"一\n\n二"'
        ),
        reads=sheet("article,day,source,reads", "a1,2023-05-10,own,3", "a2,2023-05-10,own,3"),
        categories=sheet("code,name,due_amount,due_unit", "lamp,路灯,3,work_day"),
        requests=requests(request(), ["R2", TREE[2], *request()[2:]]),
        payment="",
    )


def files() -> set[Path]:
    return set(settings.DATA.rglob("*")) | set(settings.MEDIA_ROOT.rglob("*"))


def test_dry_run_writes_nothing_and_tells_what_the_import_then_does(tmp_path: Path) -> None:
    folder = township(tmp_path)
    before, files_before = everything(), files() | set(folder.iterdir())
    dry = load(folder, dry_run=True)
    assert dry.taken_back
    assert everything() == before
    assert files() | set(folder.iterdir()) == files_before
    real = load(folder)
    assert not real.taken_back
    assert (real.problems, real.counts) == (dry.problems, dry.counts)
    assert len(real.problems) == 5
    changed = {name: real.of(name) for name in ("areas", "venues", "teams", "articles", "reads", "requests")}
    assert changed == {
        "areas": (1, 0, 6, 1),
        "venues": (1, 1, 0, 1),
        "teams": (1, 0, 0, 0),
        "articles": (1, 0, 0, 0),
        "reads": (1, 0, 0, 1),
        "requests": (1, 0, 0, 1),
    }


def test_strict_import_with_a_refused_row_writes_nothing(tmp_path: Path) -> None:
    folder = township(tmp_path)
    before = everything()
    done = load(folder, strict=True)
    assert (done.taken_back, len(done.problems)) == (True, 5)
    assert everything() == before


def test_strict_import_without_a_refused_row_is_an_import(tmp_path: Path, at: Places) -> None:
    done = load(write(tmp_path, venues=venues(venue())), strict=True)
    assert (done.taken_back, done.of("venues"), Venue.objects.count()) == (False, (1, 0, 0, 0), 1)


def test_import_that_is_given_up_in_a_dry_run_writes_nothing(tmp_path: Path, at: Places) -> None:
    folder = write(tmp_path, venues=venues(venue("V1"), venue("V2", kind="?")))
    run = Import(folder, by=access.System("import"), dry_run=True).run()
    next(run)
    run.close()
    assert not Venue.objects.exists()
