"""The recipe of the sample township: one module per part of the town's work."""
