"""Other people's data, brought into the records of this package."""
