"""The desk's pages on how often articles are read, and the beacon by which pages count that proxies keep."""
