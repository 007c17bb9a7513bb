"""The `evaluate` module of residual_risk: thin, since `evaluate` runs a copy from its own cache."""

from notebench.metrics.evaluating import module

Module = module("residual_risk")
