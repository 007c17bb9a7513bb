"""The `evaluate` module of cold_reader: thin, since `evaluate` runs a copy from its own cache."""

from notebench.metrics.evaluating import module

Module = module("cold_reader")
