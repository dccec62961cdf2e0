"""Fairness over many days: nobody more than one turn ahead, what was skipped comes back, newcomers are not flooded."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scheduler.rotation import PastTurn, RosterEntry, TurnState, next_leader

START = date(2026, 1, 5)
BEGINNING = START - timedelta(days=1)


class Office:
    """Keeps the turns as the worker and the secretary would."""

    def __init__(self, size):
        self.roster = [RosterEntry(member, BEGINNING) for member in range(1, size + 1)]
        self.history = []
        self.day = START

    def hold(self, absent=()):
        """One reading: absent members are skipped until somebody leads; returns who led."""
        passed_over = []
        while (leader := next_leader(self.roster, self.history, passed_over)) in absent:
            self._note(leader, TurnState.SKIPPED)
            passed_over.append(leader)
        if leader is not None:
            self._note(leader, TurnState.ASSIGNED)
        self.day += timedelta(days=1)
        return leader

    def swap(self, other):
        """The next turn is given to another member; returns who gave it."""
        leader = next_leader(self.roster, self.history)
        self._note(leader, TurnState.SWAPPED)
        self._note(other, TurnState.ASSIGNED)
        self.day += timedelta(days=1)
        return leader

    def join(self, member):
        self.roster.append(RosterEntry(member, self.day))

    def leave(self, member):
        self.roster = [entry for entry in self.roster if entry.member_id != member]

    def led(self):
        return Counter(turn.member_id for turn in self.history if turn.state is TurnState.ASSIGNED)

    def spread(self, members):
        led = self.led()
        return max(led[member] for member in members) - min(led[member] for member in members)

    def _note(self, member, state):
        self.history.append(PastTurn(member, self.day, state))


def test_nobody_leads_where_nobody_is_left():
    assert next_leader([], []) is None
    assert next_leader([RosterEntry(1, BEGINNING)], [], exclude=[1]) is None


def test_the_first_round_follows_the_order_of_the_roster():
    office = Office(4)
    assert [office.hold() for _ in range(8)] == [1, 2, 3, 4, 1, 2, 3, 4]


def test_a_lone_member_leads_every_day():
    office = Office(1)
    assert [office.hold() for _ in range(3)] == [1, 1, 1]


def test_a_skipped_turn_comes_back_after_three_others_and_before_the_next_round():
    office = Office(6)
    assert [office.hold(absent=[1])] + [office.hold() for _ in range(6)] == [2, 3, 4, 1, 5, 6, 1]


def test_in_a_small_office_a_skipped_turn_comes_back_at_the_end_of_the_round():
    office = Office(3)
    assert [office.hold(absent=[1])] + [office.hold() for _ in range(3)] == [2, 3, 1, 2]


def test_a_turn_given_away_is_owed_and_the_one_who_took_it_is_spared():
    office = Office(4)
    assert office.swap(3) == 1
    assert [office.hold() for _ in range(3)] == [2, 4, 1]
    assert office.spread([1, 2, 3, 4]) == 0


def test_rounds_missed_while_skipped_are_all_made_up_but_not_on_days_running():
    office = Office(4)
    for _ in range(9):
        office.hold(absent=[1])
    assert office.led()[1] == 0
    after = [office.hold() for _ in range(8)]
    assert all(one != other for one, other in pairwise(after))
    assert office.spread([1, 2, 3, 4]) <= 1


def test_who_comes_back_onto_the_list_after_long_does_not_catch_up():
    office = Office(5)
    office.leave(5)
    for _ in range(100):
        office.hold()
    office.roster.append(RosterEntry(5, BEGINNING))  # same line as before, in turn again
    after = Counter(office.hold() for _ in range(20))
    assert after[5] <= 5


@given(st.integers(1, 12), st.integers(0, 80))
def test_numbers_of_turns_never_differ_by_more_than_one(size, readings):
    office = Office(size)
    for _ in range(readings):
        office.hold()
        assert office.spread(range(1, size + 1)) <= 1


@given(st.integers(2, 8), st.lists(st.sets(st.integers(1, 8), max_size=3), max_size=30))
def test_after_any_absences_two_rounds_each_missed_turn_make_all_even(size, absences):
    office = Office(size)
    for absent in absences:
        office.hold(absent)
    for _ in range(2 * size * (office.spread(range(1, size + 1)) + 1)):
        office.hold()
    assert office.spread(range(1, size + 1)) <= 1


@given(st.integers(2, 8), st.integers(0, 60), st.integers(1, 6))
def test_newcomers_get_their_share_and_no_more(size, readings_before, newcomers):
    office = Office(size)
    for _ in range(readings_before):
        office.hold()
    for member in range(100, 100 + newcomers):
        office.join(member)
    everyone = [entry.member_id for entry in office.roster]
    led = [office.hold() for _ in range(3 * len(everyone))]
    shares = Counter(led)
    assert all(2 <= shares[member] <= 4 for member in everyone)
    assert all(one != other for one, other in pairwise(led))


@given(st.integers(3, 8), st.integers(0, 40), st.data())
def test_who_leaves_changes_nothing_for_the_others(size, readings, data):
    office = Office(size)
    for _ in range(readings):
        office.hold()
    office.leave(data.draw(st.integers(1, size)))
    stayed = [entry.member_id for entry in office.roster]
    for _ in range(2 * size):
        assert office.hold() in stayed
        assert office.spread(stayed) <= 1


@given(st.integers(1, 6), st.permutations(range(12)))
def test_the_order_in_which_history_is_given_does_not_matter(size, order):
    office = Office(size)
    for _ in range(12):
        office.hold()
    shuffled = [office.history[index] for index in order]
    assert next_leader(office.roster, shuffled) == next_leader(office.roster, office.history)
