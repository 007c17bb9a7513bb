"""The `evaluate` module of review_time: thin, since `evaluate` runs a copy from its own cache."""

from notebench.metrics.evaluating import module

Module = module("review_time")
