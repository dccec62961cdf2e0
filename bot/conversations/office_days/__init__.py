"""The office's own holidays and working days."""
