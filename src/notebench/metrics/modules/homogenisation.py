"""The `evaluate` module of homogenisation: thin, since `evaluate` runs a copy of it."""

from notebench.metrics.evaluating import module

Module = module("homogenisation")
