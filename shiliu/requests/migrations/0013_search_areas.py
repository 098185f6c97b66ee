from django.db import migrations

# In words: after the token of its kind, one each for the town, the village and the grid of the request.
MARKS = """
UPDATE core_searchdocument SET tokens = (
  SELECT 'krequestsrequest a' || substr(r.area_id, 1, 9)
    || CASE WHEN length(r.area_id) >= 12 THEN ' a' || substr(r.area_id, 1, 12) ELSE '' END
    || CASE WHEN length(r.area_id) >= 15 THEN ' a' || r.area_id ELSE '' END
    || substr(core_searchdocument.tokens, 17)
  FROM requests_request r WHERE r.code = core_searchdocument.public_id
)
WHERE kind = 'requests.request' AND tokens NOT LIKE 'krequestsrequest a%'
  AND EXISTS (SELECT 1 FROM requests_request r WHERE r.code = core_searchdocument.public_id)
"""


class Migration(migrations.Migration):
    """Requests are found within an area: `core.search.marks`."""

    dependencies = [("requests", "0012_notice_of_each_request"), ("core", "0004_speed_counts_and_reference")]

    operations = [migrations.RunSQL(MARKS, migrations.RunSQL.noop)]
