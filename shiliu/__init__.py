"""Shiliu (石榴): a township's community work, recorded once, every figure computed from the records."""

__version__ = "0.1.0"
