"""Telegram: raw updates in, neutral messages out, through python-telegram-bot."""

CHANNEL = "telegram"
