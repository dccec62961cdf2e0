"""Whose turn it is to lead the morning reading: everyone on the roster in turn, a turn not led owed and not lost.

- Whoever has led least comes first; in a tie whoever owes a turn, then the order of the roster. So among people who
  are always there the numbers of turns never differ by more than one.
- A turn that was skipped or given away was not led, so it comes back. Within a round it waits for a few turns of
  others first, since an absence mostly lasts longer than a day; at the end of the round it waits no more.
- Who joins starts at the least that anyone has led by then, instead of catching up on years of turns. So does who was
  out of turn so long that no rotation explains it (taken off the list, and put on again).
- Nobody leads twice running while two others can (of two, one could never make up for a missed turn otherwise).
"""

from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum

from msgspec import Struct

_REST = 3  # turns of others before a skipped one comes back within a round
_ROUNDS_OUT = 3  # rounds without any turn, not even a skipped one, after which a member was out of turn


class TurnState(StrEnum):
    """What became of a turn. Same values as storage.models.TurnState."""

    ASSIGNED = "assigned"
    SKIPPED = "skipped"
    SWAPPED = "swapped"  # given to someone else


class PastTurn(Struct, frozen=True):
    """A turn that was given to a member, for the reading of a day; days to come count too."""

    member_id: int
    day: date
    state: TurnState


class RosterEntry(Struct, frozen=True):
    """A member who takes turns, and the day on which the member came onto the roster."""

    member_id: int
    since: date


def next_leader(
    roster: Sequence[RosterEntry], history: Sequence[PastTurn], exclude: Collection[int] = ()
) -> int | None:
    """The member whose turn is next, None where nobody is left.

    `roster` is in the order of the roster, `history` all turns of the office in any order; turns of people no longer
    on the roster are harmless. `exclude` names members who cannot lead this very reading (already skipped for it).
    """
    tally = _Tally(roster)
    for turn in sorted(history, key=lambda turn: turn.day):
        tally.record(turn)
    tally.close()
    candidates = [entry.member_id for entry in roster if entry.member_id not in exclude]
    rested = [member for member in candidates if member != tally.last_leader]
    eligible = rested if len(rested) > 1 else candidates
    # min takes the first of equals, and the candidates stand in the order of the roster.
    return min(eligible, key=tally.rank, default=None)


class _Tally:
    """Turns led by each member, replayed in order of days."""

    def __init__(self, roster: Sequence[RosterEntry]) -> None:
        self._to_join = sorted(roster, key=lambda entry: entry.since, reverse=True)
        self._patience = _ROUNDS_OUT * len(roster)
        self._led: dict[int, int] = {}
        self._seen: dict[int, int] = {}  # how many turns had been led by anyone when the member last had one
        self._owing: set[int] = set()
        self._turns = 0
        self.last_leader: int | None = None

    def record(self, turn: PastTurn) -> None:
        self._join(until=turn.day)
        member, assigned = turn.member_id, turn.state is TurnState.ASSIGNED
        self._turns += assigned
        self.last_leader = member if assigned else self.last_leader
        if member not in self._led:  # left, or this was before joining again
            return
        self._return(member)
        self._led[member] += assigned
        self._seen[member] = self._turns
        if assigned:
            self._owing.discard(member)
        else:
            self._owing.add(member)

    def close(self) -> None:
        self._join(until=date.max)
        for member in list(self._led):
            self._return(member)

    def rank(self, member: int) -> tuple[int, bool, bool]:
        owing = member in self._owing
        return self._led[member], owing and self._turns - self._seen[member] < _REST, not owing

    def _join(self, until: date) -> None:
        while self._to_join and self._to_join[-1].since <= until:
            member = self._to_join.pop().member_id
            self._led[member] = self._least()
            self._seen[member] = self._turns

    def _return(self, member: int) -> None:
        if self._is_out(member):
            self._led[member] = max(self._led[member], self._least())

    def _is_out(self, member: int) -> bool:
        return self._turns - self._seen[member] > self._patience

    def _least(self) -> int:
        return min((led for member, led in self._led.items() if not self._is_out(member)), default=0)
