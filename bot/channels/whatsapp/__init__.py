"""WhatsApp: raw webhooks in, neutral messages out, through Meta's Cloud API (docs/decisions/13-whatsapp-client.md)."""

from datetime import timedelta

from bot.channels.whatsapp.markup import length
from scheduler.abilities import Abilities, declare

CHANNEL = "whatsapp"
JOIN_WORD = "Gabung"  # the link to join writes it before the code, where Telegram's sends /start

# The published limits; where two are told (the body of a list) the stricter one.
ABILITIES = declare(
    CHANNEL,
    Abilities(
        name="WhatsApp",
        edits=False,
        toasts=False,
        commands=False,
        groups=False,
        files_last=False,
        pushes_any_time=False,
        free_for=timedelta(hours=24),
        settles_within=timedelta(minutes=1),  # statuses mostly come within seconds
        in_order=False,  # posts are repeated and reordered, and tell whole seconds
        opt_in=True,  # https://developers.facebook.com/docs/whatsapp/overview/getting-opt-in/
        charges=True,
        links=False,
        buttons=3,
        button_length=20,
        rows=10,
        row_length=24,
        description_length=72,
        text_length=4096,
        body_length=1024,
        caption_length=1024,
        length=length,
    ),
)
