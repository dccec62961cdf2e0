"""/pertanyaan: what got no good answer, decided by people."""
