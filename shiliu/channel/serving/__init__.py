"""Public pages of the channel, ready in each web process: read in bursts, when a group gets a link.

`middleware` says of a response how long it may be kept and which article it shows; `front` stands before
Django, answers from what is kept, and counts. What a page shows anew is seen within a second, for the
database changes a token with every change of a page. `docs/decisions/0017-reads-and-ready-pages.md` says why.
"""
