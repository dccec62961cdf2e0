"""Rows of choices as the buttons under a Telegram message."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from content.message import Choice


def keyboard(choices: tuple[tuple[Choice, ...], ...]) -> InlineKeyboardMarkup | None:
    """The buttons, or None where there is nothing to choose: an edit then takes old buttons away."""
    if not choices:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(choice.label, callback_data=choice.action, url=choice.url) for choice in row]
            for row in choices
        ]
    )
