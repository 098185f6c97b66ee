"""Wrong receipt codes are counted over all processes, and a right one opens nothing for who used them up."""

import pytest

from shiliu.core import receipts
from tests import factories

MOST = 30  # as `settings.RATE_LIMITS` has it

VISIT = (
    "from django.test import Client",
    "from shiliu.core import receipts",
    "here = {'HTTP_HOST': 'localhost', 'REMOTE_ADDR': '192.0.2.7'}",
    "seen = lambda code: Client().get(f'/r/{code}/', **here).status_code",
)


@pytest.mark.django_db(transaction=True)
def test_wrong_codes_are_limited_over_processes(start_process):
    here = factories.places()
    right = factories.request(here.east_1, factories.category(), code=receipts.new())
    processes = [start_process() for _n in range(3)]
    statuses = []
    for n in range(MOST + 3):
        statuses.append(processes[n % 3].ask(*VISIT, "seen(receipts.new())"))
    assert statuses == [404] * MOST + [429] * 3
    for process in processes:
        assert process.ask(*VISIT, f"seen({right.code!r})") == 429


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_little_more_than_the_limit(start_process):
    factories.places()
    processes = [start_process() for _n in range(3)]
    for process in processes:
        process.tell(*VISIT, f"[seen(receipts.new()) for n in range({MOST})]")
    statuses = [status for process in processes for status in process.answer()]
    assert set(statuses) == {404, 429}
    assert statuses.count(404) <= MOST + 2 * len(processes) * 5  # two at an instant may count as one
