"""HOW WE TALK: edges, conversations and wiring."""
