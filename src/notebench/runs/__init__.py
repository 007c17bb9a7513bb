"""Studies: a study file, an engine that resumes, and the run folder that it fills."""

from .engine import execute, plan, rescore
from .folder import RunFolder
from .study import Study, load_study

__all__ = ["RunFolder", "Study", "execute", "load_study", "plan", "rescore"]
