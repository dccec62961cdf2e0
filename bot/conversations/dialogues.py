"""Every dialogue there is, in the order in which help lists their commands; and who answers plain text."""

from bot.conversations import (
    activities,
    activity_list,
    add_schedule,
    ask_regulation,
    broadcast,
    broadcast_progress,
    change_schedule,
    confirmations,
    file_report,
    group_link,
    help,  # noqa: A004  the dialogue is named for its command
    holidays,
    invite,
    late_entry,
    leader_turns,
    meeting,
    privacy,
    registration,
    report_history,
    review_reports,
    roster,
    show_log,
    show_schedules,
    show_summary,
    trial_post,
)
from bot.conversations.step import Dialogue, Handler

DIALOGUES: tuple[Dialogue, ...] = tuple(
    module.DIALOGUE
    for module in (
        registration,
        ask_regulation,
        file_report,
        report_history,
        meeting,
        show_schedules,
        change_schedule,
        add_schedule,
        trial_post,
        leader_turns,
        holidays,
        broadcast,
        broadcast_progress,
        confirmations,
        late_entry,
        activities,
        activity_list,
        review_reports,
        show_log,
        show_summary,
        roster,
        invite,
        group_link,
        privacy,
        help,
    )
)
FALLBACK: Handler = ask_regulation.answer_plain
