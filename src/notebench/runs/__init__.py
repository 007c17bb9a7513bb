"""Studies: a study file, an engine that resumes, and the run folder that it fills."""

from .drafting import plan
from .engine import draft_only, execute, rescore
from .estimate import Estimate, estimate
from .folder import RunFolder
from .study import Study, load_study

__all__ = [
    "Estimate",
    "RunFolder",
    "Study",
    "draft_only",
    "estimate",
    "execute",
    "load_study",
    "plan",
    "rescore",
]
