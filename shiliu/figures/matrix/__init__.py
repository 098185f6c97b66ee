"""The matrix: every grid against every service that has records, and where it is thin."""
