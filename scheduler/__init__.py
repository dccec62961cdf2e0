"""WHEN WE SAY IT: pure rules first, one loop last."""
