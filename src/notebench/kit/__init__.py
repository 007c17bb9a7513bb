"""A kit for trying a vendor's product: scripts to role-play, audio, a sheet for the notes.

Nothing in a kit tells the truth that notes are judged by: whoever plays or writes can't see it.
"""

from .build import Kit, build_kit
from .sheet import Collected, collect

__all__ = ["Collected", "Kit", "build_kit", "collect"]
