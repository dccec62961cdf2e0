"""Rows of choices as the buttons under a Telegram message."""

from typing import Any

from content.message import Choice


def keyboard(choices: tuple[tuple[Choice, ...], ...]) -> dict[str, Any] | None:
    """The buttons as the API writes them, or None where there is nothing to choose: an edit then takes old ones away.

    https://core.telegram.org/bots/api#inlinekeyboardmarkup.
    """
    return {"inline_keyboard": [[_button(choice) for choice in row] for row in choices]} if choices else None


def _button(choice: Choice) -> dict[str, str]:
    button = {"text": choice.label}
    if choice.action is not None:
        button["callback_data"] = choice.action
    if choice.url is not None:
        button["url"] = choice.url
    return button
