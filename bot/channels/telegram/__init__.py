"""Telegram: raw updates in, neutral messages out, through python-telegram-bot."""

CHANNEL = "telegram"

# Always passed along: left out, Telegram keeps whatever was asked for last.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "poll")
