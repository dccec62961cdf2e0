"""Who may do what: one table. Rights come from the office's roster, never from being an admin of a chat group."""

from enum import StrEnum

from scheduler.audience import LEADS
from storage.models import Role


class Permission(StrEnum):
    """One thing a member may do in the own office."""

    ASK = "ask"
    REPORT = "report"
    CONFIRM = "confirm"  # tap "Sudah dibacakan", "Rapat dibuka", "Sudah pasang"
    OPEN_MEETING = "open_meeting"
    SEE_SCHEDULE = "see_schedule"
    SEE_LOG = "see_log"
    SEE_SUMMARY = "see_summary"
    SEE_NAMES = "see_names"  # names beside reports in the log
    SCHEDULE = "schedule"
    BROADCAST = "broadcast"
    ENTER_ACTIVITY = "enter_activity"
    CHECK_REPORTS = "check_reports"
    MANAGE_MEMBERS = "manage_members"
    INVITE = "invite"
    MANAGE_CALENDAR = "manage_calendar"
    LINK_GROUP = "link_group"
    DECIDE_HOLD = "decide_hold"  # send or discard what is held after a restore or a long outage
    DECIDE_QUESTIONS = "decide_questions"  # say what questions without a good answer mean


_EVERYBODY = frozenset(
    {Permission.ASK, Permission.REPORT, Permission.CONFIRM, Permission.OPEN_MEETING, Permission.SEE_SCHEDULE}
)
_LEAD = _EVERYBODY | {Permission.SEE_LOG, Permission.SEE_SUMMARY, Permission.SEE_NAMES}
_SECRETARY = frozenset(Permission)

TABLE: dict[Role, frozenset[Permission]] = {
    **dict.fromkeys(LEADS, _LEAD),
    # Serang 25/2018 Pasal 13 ayat (3): reports the group's progress with the chair and revives it; needs no names
    Role.FASILITATOR: _EVERYBODY | {Permission.SEE_LOG, Permission.SEE_SUMMARY},
    Role.SEKRETARIS: _SECRETARY,
    Role.ANGGOTA: _EVERYBODY,
    # runs the installation and sets offices up; reads nobody's reports
    Role.ADMINISTRATOR: _EVERYBODY
    | {
        Permission.SCHEDULE,
        Permission.MANAGE_MEMBERS,
        Permission.INVITE,
        Permission.MANAGE_CALENDAR,
        Permission.LINK_GROUP,
        Permission.DECIDE_HOLD,
        Permission.DECIDE_QUESTIONS,
    },
}


def may(role: Role | None, permission: Permission) -> bool:
    """Whether a member in this role may; nobody without a seat may anything."""
    return role is not None and permission in TABLE[role]
