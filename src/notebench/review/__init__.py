"""Human review: what it costs (a model, and its calibration), what it catches, how to train it."""

from .estimates import Item, Modelled, by_drafter, by_note, items, modelled
from .model import Model, mean_load
from .profiles import Profile, profile, profiles
from .tornado import save_tornado, tornado_figure, tornado_svg

__all__ = [
    "Item", "Model", "Modelled", "Profile", "by_drafter", "by_note", "items", "mean_load",
    "modelled", "profile", "profiles", "save_tornado", "tornado_figure",
    "tornado_svg",
]  # fmt: skip
