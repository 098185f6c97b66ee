"""An invented county of any size, to measure on and to try things out: the same for the same seed.

`places` makes what a county consists of, `asking` what was asked in it, `bulk` writes many rows fast.
"""
