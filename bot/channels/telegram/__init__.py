"""Telegram: raw updates in, neutral messages out, through python-telegram-bot."""

from scheduler.abilities import Abilities, declare

CHANNEL = "telegram"
ABILITIES = declare(CHANNEL, Abilities(name="Telegram"))

# Always passed along: left out, Telegram keeps whatever was asked for last.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "poll")
