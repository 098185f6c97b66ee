"""`filter(area__among=Many(codes))`: what `__in` says, for thousands of values as one parameter.

Django and the driver handle each value of an IN list by itself; with the grids of a county that took longer
than the database.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import models


@dataclass(frozen=True)
class Many:
    """Texts to compare with. Not iterable, so that nothing looks at each of them on the way."""

    values: Collection[str]


@models.ForeignKey.register_lookup  # which takes none from what it inherits
@models.Field.register_lookup
class Among(models.Lookup):
    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        values: list[str] = list(self.rhs.values)
        if connection.vendor == "postgresql":
            return f"{lhs} = ANY(%s)", (*params, values)
        listed = "SELECT value FROM json_each(%s)"
        return f"{lhs} IN ({listed})", (*params, json.dumps(values))
