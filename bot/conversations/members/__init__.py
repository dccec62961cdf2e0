"""Who belongs to an office: invitations, joining, the roster."""
