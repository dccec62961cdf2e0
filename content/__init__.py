"""WHAT WE SAY: data and pure functions."""
