"""Drills: notes with errors put in on purpose, to train reviewers, and their marking."""

from .build import Built, build
from .plan import Plan, plan_of, presets
from .score import Scored, score

__all__ = ["Built", "Plan", "Scored", "build", "plan_of", "presets", "score"]
