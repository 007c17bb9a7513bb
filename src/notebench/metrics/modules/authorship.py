"""The `evaluate` module of authorship: thin, since `evaluate` runs a copy from its own cache."""

from notebench.metrics.evaluating import module

Module = module("authorship")
