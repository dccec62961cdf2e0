"""The focus of the day: a value with one of its behaviours and, where the regulation has them, one manifestation.

What "nothing repeats before everything has been used" means here: a value's longer list (mostly its manifestations) is
its *leading* list. A cycle visits every leading item of every value exactly once, the values spread evenly over it;
no leading item comes again before all of all values have been used. Beside it stands the item of the value's other
list that was used longest ago, so no behaviour of a value repeats before all of that value's behaviours have been
used, across the ends of cycles too, and the next cycle brings other pairs.

A focus is written "akuntabel/2/5": slug, behaviour n, manifestation n; an absent part is left out ("akuntabel/2").
"""

from collections.abc import Iterable, Sequence

from content.regulation import Regulation, Value

_Focus = tuple[str, str, str]  # slug, behaviour n, manifestation n; "" for an absent part


def next_focus(regulation: Regulation, used: Sequence[str]) -> str:
    """The focus that follows on `used` (oldest first); keys that the pack does not have, or no more, do no harm."""
    past = [_parsed(key) for key in used]
    leads = {value.slug: _leads(value) for value in regulation.values}
    recent = _last_places((focus[0], focus[leads[focus[0]]]) for focus in past if focus[0] in leads)
    # min takes the first of equals: among those never used, the order of the cycle.
    slug, leading = min(_cycle(regulation), key=lambda item: recent.get(item, -1))
    value = next(value for value in regulation.values if value.slug == slug)
    beside = 3 - leads[slug]
    companions = _last_places((slug, focus[beside]) for focus in past if focus[0] == slug)
    companion = min(_numbers(value, beside), key=lambda n: companions.get((slug, n), -1), default="")
    pair = (leading, companion) if leads[slug] == 1 else (companion, leading)
    return "/".join((slug, *pair)).rstrip("/")


def _parsed(key: str) -> _Focus:
    slug, behaviour, manifestation = (*key.split("/"), "", "")[:3]
    return slug, behaviour, manifestation


def _last_places(items: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    return {item: place for place, item in enumerate(items)}


def _leads(value: Value) -> int:
    """The part of the focus that leads the cycle of this value: 1 behaviours, 2 manifestations."""
    return 2 if len(value.manifestations) >= len(value.behaviours) else 1


def _numbers(value: Value, part: int) -> list[str]:
    return [str(item.n) for item in (value.behaviours if part == 1 else value.manifestations)]


def _cycle(regulation: Regulation) -> list[tuple[str, str]]:
    """All leading items, each value's spread evenly over the cycle so that no value stays for days.

    The values start one after the other, so that the end of a cycle does not meet its beginning in the same value.
    """
    placed = []
    for rank, value in enumerate(regulation.values):
        numbers = _numbers(value, _leads(value))
        start = rank / len(regulation.values)
        placed += [((step + start) / len(numbers), rank, value.slug, n) for step, n in enumerate(numbers)]
    return [(slug, n) for _, _, slug, n in sorted(placed)]
