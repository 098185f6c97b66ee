"""Django's SQLite backend with one fair queue of writers. See docs/decisions/0004-sqlite-writers.md."""
