"""The import door: one CSV file per kind, in and out, the same columns both ways.

An app registers its kinds in its `exchange.py`; `load` reads a folder in, `dump` writes one out.
"""

from shiliu.core.exchange.kinds import KINDS, Kind, column, register

__all__ = ["KINDS", "Kind", "column", "register"]
