"""What `bench/report.py` holds each figure against: a statement as who knows the tables would write it.

Each takes `lo` and `hi` (the towns), `start` and `end` (moments, `end` no longer in the period), `first` and
`last` (days). It gives the figure's value; of a rate, what was divided by what. The same text serves both
databases. They are short on purpose: what is slow in a figure and not here is Shiliu's.
"""

_R = "FROM requests_request r WHERE r.town BETWEEN %(lo)s AND %(hi)s"
_RECEIVED = f"{_R} AND r.received_at >= %(start)s AND r.received_at < %(end)s"
_ENDED = f"{_R} AND r.closed_at >= %(start)s AND r.closed_at < %(end)s"
_CLOSED = f"{_ENDED} AND r.state = 'closed'"
_ON_TIME = "(r.done_at <= r.due_at OR (r.done_at IS NULL AND r.closed_at <= r.due_at))"
_LATE = "(r.done_at > r.due_at OR (r.done_at IS NULL AND r.closed_at > r.due_at))"
_READS = "FROM channel_reads WHERE town BETWEEN %(lo)s AND %(hi)s AND day <= %(last)s"


def _rate(numerator: str, denominator: str, rows: str) -> str:
    return f"SELECT COUNT(CASE WHEN {numerator} THEN 1 END), COUNT(CASE WHEN {denominator} THEN 1 END) {rows}"


# The middle of whole hours is found by counting each of them: there are few, and nothing is sorted.
_MEDIAN = f"""
WITH counted AS (
    SELECT r.hours_to_contact AS hours, COUNT(*) AS n {_RECEIVED} AND r.hours_to_contact IS NOT NULL
    GROUP BY 1
), summed AS (
    SELECT hours, SUM(n) OVER (ORDER BY hours) AS upto, SUM(n) OVER () AS n FROM counted
)
SELECT (MIN(CASE WHEN 2 * upto >= n THEN hours END) + MIN(CASE WHEN 2 * upto > n THEN hours END)) / 2.0
FROM summed"""

_RESPONSE = f"""
WITH asked AS (
    SELECT r.state, r.closed_at,
        COALESCE(r.contact_due_at, (SELECT MIN(m.due_at) FROM requests_milestone m
            WHERE m.request_id = r.id AND m.kind = 'contact'), r.due_at) AS due,
        CASE WHEN r.contacted_at IS NOT NULL THEN r.contacted_at
            WHEN r.state IN ('refused', 'transferred') THEN r.closed_at END AS answered
    {_RECEIVED}
)
SELECT COUNT(CASE WHEN answered <= due THEN 1 END),
    COUNT(CASE WHEN answered IS NOT NULL
        OR NOT (due > %(now)s OR (state IN ('withdrawn', 'merged') AND closed_at <= due)) THEN 1 END)
FROM asked"""

STATEMENTS = {
    "requests.received": f"SELECT COUNT(*) {_RECEIVED}",
    "requests.open": f"SELECT COUNT(*) {_R} AND r.received_at < %(end)s "
    "AND (r.closed_at IS NULL OR r.closed_at >= %(end)s)",
    "requests.closed": f"SELECT COUNT(*) {_CLOSED}",
    "requests.on_time": _rate(
        f"r.state = 'closed' AND {_ON_TIME}",
        "r.state = 'closed'",
        f"{_ENDED} AND r.state IN ('closed', 'refused')",
    ),
    "requests.solved": _rate("r.solved", "r.solved IS NOT NULL", _CLOSED),
    "requests.hours_to_contact": _MEDIAN,
    "requests.response_rate": _RESPONSE,
    "requests.resolution_rate": _rate(
        "r.state = 'closed' AND (r.solved OR r.solved IS NULL)", "r.state = 'closed'", _ENDED
    ),
    "requests.satisfaction_rate": _rate("r.satisfied", "r.satisfied IS NOT NULL", _CLOSED),
    "requests.dispatched": f"SELECT COUNT(*) {_RECEIVED} "
    "AND (r.team_id IS NOT NULL OR r.unit_id IS NOT NULL OR r.post_id IS NOT NULL)",
    "requests.closed_on_time": f"SELECT COUNT(*) {_CLOSED} AND {_ON_TIME}",
    "requests.closed_late": f"SELECT COUNT(*) {_CLOSED} AND {_LATE}",
    # What ended before it came in, ended when it came in.
    "requests.closing_rate": _rate(
        "r.closed_at < %(end)s",
        "1 = 1",
        f"{_R} AND r.received_at < %(end)s AND (r.closed_at IS NULL OR r.closed_at >= %(end)s "
        "OR (r.state = 'closed' AND (r.closed_at >= %(start)s OR r.received_at >= %(start)s)))",
    ),
    "requests.dissatisfied": f"SELECT COUNT(*) {_CLOSED} AND r.satisfied = %(no)s",
    "requests.dissatisfied_rate": _rate("NOT r.satisfied", "r.satisfied IS NOT NULL", _CLOSED),
    "channel.reads": f"SELECT COALESCE(SUM(reads), 0) {_READS}",
    "channel.groups_reached": f"SELECT COUNT(DISTINCT group_id) {_READS} "
    "AND group_id IS NOT NULL AND reads > 0",
    "channel.articles": "SELECT COUNT(*) FROM channel_articlepage a JOIN wagtailcore_page p "
    "ON p.id = a.page_ptr_id WHERE p.live AND a.original_id IS NULL "
    "AND a.town BETWEEN %(lo)s AND %(hi)s AND a.published_on <= %(last)s",
}
