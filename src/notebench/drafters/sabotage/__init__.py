"""Planting known errors in a true note: the page being changed, what is known, and the changes."""
