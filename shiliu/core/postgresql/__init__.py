"""Django's PostgreSQL backend, which asks less often whether a kept connection is still there."""
