"""Drills: notes with errors put in on purpose, for training reviewers and marking what they found."""

from .build import Built, build
from .plan import Plan, plan_of, presets
from .score import Scored, score

__all__ = ["Built", "Plan", "Scored", "build", "plan_of", "presets", "score"]
