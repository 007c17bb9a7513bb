"""Typed checks of one claim against its evidence: each gives a value from 0 (clean) to 1.

A check sees words only. What its value is worth is learned (local_model.json); what it means to a
reader is in checks.toml.
"""

from . import figures, manner, polarity, unsourced  # they add their checks
from .view import CHECKS, View, run_checks

__all__ = ["CHECKS", "View", "figures", "manner", "polarity", "run_checks", "unsourced"]
