"""Queries; they take a session and never commit."""
