"""Every dialogue there is, in the order in which help lists their commands; and who answers plain text."""

from bot.conversations import (
    ask_regulation,
    consent,
    decide_hold,
    group_link,
    help,  # noqa: A004  the dialogue is named for its command
    privacy,
    show_deliveries,
    show_log,
    show_summary,
)
from bot.conversations.activities import enter, listing
from bot.conversations.members import invite, linking, registration, roster
from bot.conversations.office_days import holidays
from bot.conversations.posts import confirmations, late_entry, quiz, read_push
from bot.conversations.reports import file_report, history, review
from bot.conversations.schedules import (
    add,
    broadcast,
    broadcast_progress,
    change,
    leader_turns,
    meeting,
    show,
    trial_post,
)
from bot.conversations.step import Dialogue, Handler
from bot.conversations.unanswered import listing as unanswered

DIALOGUES: tuple[Dialogue, ...] = tuple(
    module.DIALOGUE
    for module in (
        registration,
        ask_regulation,
        file_report,
        history,
        meeting,
        show,
        change,
        add,
        trial_post,
        leader_turns,
        holidays,
        broadcast,
        broadcast_progress,
        confirmations,
        late_entry,
        quiz,
        read_push,
        enter,
        listing,
        review,
        show_log,
        show_summary,
        show_deliveries,
        unanswered,
        roster,
        invite,
        group_link,
        decide_hold,
        linking,
        privacy,
        consent,
        help,
    )
)
FALLBACK: Handler = ask_regulation.answer_plain
