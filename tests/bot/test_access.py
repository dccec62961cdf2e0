"""The whole permission table, literally."""

from bot.access import TABLE, Permission, may
from scheduler.audience import LEADS
from storage.models import Role

EVERYBODY = {"ask", "report", "confirm", "open_meeting", "see_schedule"}
LEAD = EVERYBODY | {"see_log", "see_summary", "see_names"}
EXPECTED = {
    "kepala": LEAD,
    "penanggung-jawab": LEAD,
    "pengarah": LEAD,
    "ketua": LEAD,
    # Serang Pasal 13 ayat (3): with the chair reports progress and revives the group; sees counts, not names
    "fasilitator": EVERYBODY | {"see_log", "see_summary"},
    "sekretaris": LEAD
    | {
        "schedule",
        "broadcast",
        "enter_activity",
        "check_reports",
        "manage_members",
        "invite",
        "manage_calendar",
        "link_group",
        "decide_hold",
        "decide_questions",
    },
    "anggota": EVERYBODY,
    "administrator": EVERYBODY
    | {"schedule", "manage_members", "invite", "manage_calendar", "link_group", "decide_hold", "decide_questions"},
}


def test_every_role_may_exactly_this():
    assert {role.value: {right.value for right in rights} for role, rights in TABLE.items()} == EXPECTED


def test_every_role_and_right_is_decided():
    assert set(TABLE) == set(Role)
    assert set.union(*(set(rights) for rights in TABLE.values())) == set(Permission)


def test_nobody_without_a_seat_may_anything():
    assert not any(may(None, permission) for permission in Permission)


def test_the_leads_are_those_who_get_the_summary_by_themselves():
    assert {role.value for role in LEADS} == {"kepala", "penanggung-jawab", "pengarah", "ketua"}
