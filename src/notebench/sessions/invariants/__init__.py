"""Invariants of a session, by what they are about; each module has one function, `broken`."""
