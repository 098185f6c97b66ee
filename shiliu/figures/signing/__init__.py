"""Signing: a report as it was, with what stood behind each figure, so that anybody can check it later.

`seal`, `carrying`, `printed` and `verify` know nothing of Django: a file is checked without settings,
database or network.
"""
