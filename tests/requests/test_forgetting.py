"""Words, photos and recordings go two years after the end, to the day; an entry without them stays."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from shiliu.core import audit
from shiliu.core.access import Resident
from shiliu.core.sounds import Sound
from shiliu.requests import actions, forgetting
from shiliu.requests.models import Message, Photo, Recording, Request, State
from shiliu.requests.story import for_staff, told
from shiliu.requests.tasks import forget
from tests import factories


@pytest.fixture
def written(cast) -> Request:
    """With a letter, a note, an addition, photos and a recording; closed today."""
    it = cast.request(State.DONE)
    factories.photo(it)
    actions.tell(it, words="致居民", by=cast.staff.coordinator, seen=1)
    actions.note(it, words="内部话", by=cast.staff.coordinator, seen=2)
    sound = Sound(b"OggS invented", 3, "d" * 64)
    actions.add(it, words="居民话", pictures=[factories.picture()], recording=sound, by=Resident())
    return actions.close(it, by=cast.staff.coordinator, seen=3)


def files() -> list[Path]:
    """Where the files lie that rows name."""
    photos = [Path(file.path) for row in Photo.objects.all() for file in (row.picture, row.thumbnail)]
    return photos + [Path(row.sound.path) for row in Recording.objects.all()]


def test_all_is_kept_for_two_years_and_gone_the_day_after(written):
    today = timezone.localdate()
    assert forgetting.erase(today + timedelta(days=forgetting.KEEP_DAYS)) == 0
    kept = files()
    assert [path.exists() for path in kept] == [True] * 5

    assert forgetting.erase(today + timedelta(days=forgetting.KEEP_DAYS + 1)) == 1

    assert dict(Message.objects.values_list("kind", "words")) == {
        "to_resident": "", "note": "内部话", "from_resident": "",
    }  # fmt: skip
    assert (files(), [path for path in kept if path.exists()]) == ([], [])
    last = audit.entries_of(written).last()
    assert (last.verb, last.actor_label) == ("core.erase", "system:clock")
    assert forgetting.erase(today + timedelta(days=9999)) == 0


def test_story_still_says_that_something_was_written(client, written):
    forgetting.erase(timezone.localdate() + timedelta(days=9999))
    assert [each.words for each in told(written) if each.message] == ["wrote to you", "You wrote"]
    assert [each.note for each in for_staff(audit.entries_of(written)) if each.message] == ["", "内部话", ""]
    page = client.get(f"/r/{written.code}/", headers={"accept-language": "en"}).content.decode()
    assert "There are no words any more." in page


def test_open_request_keeps_everything_however_old(cast):
    it = cast.request(State.IN_PROGRESS)
    actions.add(it, words="居民话", by=Resident())
    assert forgetting.erase(timezone.localdate() + timedelta(days=9999)) == 0
    assert Message.objects.get().words == "居民话"


def test_many_are_erased_in_batches(cast, monkeypatch):
    monkeypatch.setattr(forgetting, "BATCH", 2)
    for _n in range(5):
        factories.photo(cast.request(State.CLOSED))
    assert forgetting.erase(timezone.localdate() + timedelta(days=9999)) == 5
    assert not Photo.objects.exists()


def test_clock_forgets_as_of_today(cast):
    past = timezone.now() - timedelta(days=forgetting.KEEP_DAYS + 1)
    for closed_at in (past, timezone.now()):
        factories.photo(cast.request(State.CLOSED, closed_at=closed_at))
    assert forget.call() == 1
    assert Photo.objects.count() == 1
