"""Counting reads: exactly, by one rule over all processes of a machine, and without knowing anybody.

    seen   a view of an article, noted by the process that answered it: nothing but a line in its memory
    today  the file of the day, in memory: which views were the first within 30 minutes, and the counts that
           are not in the database yet
    stored the counts in the database, moved there every second, each batch exactly once

`docs/guide/reads.md` says what counts as a read and what is lost when.
"""
