"""Saving an activity; the same words on the same day are one activity."""

from typing import Any

from bot.conversations import evidence_keeping
from bot.conversations.activities.draft import ActivityDraft
from bot.conversations.acts import record_act
from bot.conversations.evidence_intake import joined
from bot.conversations.step import Reply, Step, Turn
from storage.models import Activity
from storage.queries import activities, evidence
from storage.queries.evidence import Subject


async def save(turn: Turn, draft: ActivityDraft) -> Step:
    """Keep a complete draft."""
    return await (_correct(turn, draft) if draft.activity_id is not None else _save_new(turn, draft))


async def _save_new(turn: Turn, draft: ActivityDraft) -> Step:
    office, member, words = turn.known_office, turn.known_member, _words(draft)
    same = await activities.find_same(turn.session, office.id, words["day"], words["what"])
    if same is not None:
        subject = Subject(activity_id=same.id)
        kept = await evidence.of(turn.session, subject)
        await evidence_keeping.keep(turn, subject, joined(kept, draft.evidence)[len(kept) :])
        return _saved(same, "same")
    activity = await activities.add(
        turn.session, words | {"office_id": office.id, "entered_by": member.id, "created_at": turn.now}
    )
    await evidence_keeping.keep(turn, Subject(activity_id=activity.id), draft.evidence)
    await record_act(turn, "activity.entered", {"activity": activity.id})
    return _saved(activity, "new")


async def _correct(turn: Turn, draft: ActivityDraft) -> Step:
    office = turn.known_office
    activity = await activities.find(turn.session, office.id, draft.activity_id or 0)
    if activity is None:
        return Step((Reply("activity/gone", edits_pressed=True),))
    await activities.correct(turn.session, activity, _words(draft))
    await evidence_keeping.keep_only(turn, Subject(activity_id=activity.id), draft.evidence)
    await record_act(turn, "activity.corrected", {"activity": activity.id})
    return _saved(activity, "corrected")


def _words(draft: ActivityDraft) -> dict[str, Any]:
    return {
        "day": draft.day,
        "what": draft.what,
        "means": draft.means or "",
        "problem": draft.problem or "",
        "remedy": draft.remedy or "",
    }


def _saved(activity: Activity, how: str) -> Step:
    parameters = {"id": activity.id, "how": how, "day": activity.day, "what": activity.what}
    return Step((Reply("activity/saved", parameters, edits_pressed=True),))
