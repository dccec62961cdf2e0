"""The dialogues, one a file; they know no channel."""
