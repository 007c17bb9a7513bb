"""The `evaluate` module of certainty: thin, since `evaluate` runs a copy from its own cache."""

from notebench.metrics.evaluating import module

Module = module("certainty")
