"""The channels: wire formats in, neutral messages out."""
