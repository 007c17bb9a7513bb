"""Synthetic sessions whose truth is known fact by fact, drawn from a scenario library kept as data.

>>> from notebench.sessions import generate
>>> [s.session_id for s in generate(2, seed=7, problem="insomnia")]
['ins-0001', 'ins-0002']
"""

from .build import generate, problems
from .check import check
from .composition import composition
from .cover import cover, generate_cover, split_of
from .depth import depth
from .loading import add

__all__ = [
    "add", "check", "composition", "cover", "depth", "generate", "generate_cover", "problems",
    "split_of",
]  # fmt: skip
