"""Self-reports: filed, revised by their authors, checked by the secretary."""
