"""Activities that the secretary enters into the log."""
