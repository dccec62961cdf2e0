"""Nothing is focused on again before everything has been, and no value stays for days."""

from collections import Counter
from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.focus import next_focus
from content.regulation_loader import load_regulations
from tests.factories import make_regulation

SLUGS = ["akuntabel", "kompeten", "harmonis", "loyal", "adaptif"]
sizes = st.dictionaries(
    st.sampled_from(SLUGS), st.tuples(st.integers(1, 5), st.integers(0, 7)), min_size=1, max_size=len(SLUGS)
)


def focuses(regulation, count, used=()):
    used = list(used)
    for _ in range(count):
        used.append(next_focus(regulation, used))
    return used


def cycle_length(regulation):
    return sum(max(len(value.behaviours), len(value.manifestations)) for value in regulation.values)


def numbers(keys, slug, part):
    return [key.split("/")[part] for key in keys if key.split("/")[0] == slug]


def repeats_early(numbers, size):
    """Whether an item comes again within fewer than `size` of its kind."""
    return any(
        len(set(numbers[place : place + size])) < min(size, len(numbers) - place) for place in range(len(numbers))
    )


def test_the_first_day_is_the_first_value_with_its_first_items():
    assert next_focus(make_regulation({"akuntabel": (3, 5), "loyal": (3, 0)}), []) == "akuntabel/1/1"
    assert next_focus(make_regulation({"loyal": (3, 0)}), []) == "loyal/1"


def test_three_behaviours_beside_five_manifestations_pair_anew_in_the_next_cycle():
    assert focuses(make_regulation({"akuntabel": (3, 5)}), 7) == [
        "akuntabel/1/1",
        "akuntabel/2/2",
        "akuntabel/3/3",
        "akuntabel/1/4",
        "akuntabel/2/5",
        "akuntabel/3/1",
        "akuntabel/1/2",
    ]


@given(sizes)
def test_a_cycle_uses_everything_and_repeats_nothing(values):
    regulation = make_regulation(values)
    cycle = focuses(regulation, cycle_length(regulation))
    assert len(set(cycle)) == len(cycle)
    for value in regulation.values:
        assert set(numbers(cycle, value.slug, 1)) == {str(item.n) for item in value.behaviours}
        if value.manifestations:
            assert set(numbers(cycle, value.slug, 2)) == {str(item.n) for item in value.manifestations}


@given(sizes)
def test_no_item_of_a_value_comes_again_before_all_of_its_kind_over_cycles_too(values):
    regulation = make_regulation(values)
    keys = focuses(regulation, 3 * cycle_length(regulation))
    for value in regulation.values:
        assert not repeats_early(numbers(keys, value.slug, 1), len(value.behaviours))
        if value.manifestations:
            assert not repeats_early(numbers(keys, value.slug, 2), len(value.manifestations))


@given(sizes, st.lists(st.integers(0, 40), max_size=10))
def test_a_cancelled_day_is_made_up_for(values, cancelled):
    regulation = make_regulation(values)
    used = focuses(regulation, cycle_length(regulation))
    kept = [key for place, key in enumerate(used) if place not in cancelled]
    again = focuses(regulation, len(used) - len(kept), kept)
    leading = {
        value.slug: 2 if len(value.manifestations) >= len(value.behaviours) else 1 for value in regulation.values
    }
    items = Counter((key.split("/")[0], key.split("/")[leading[key.split("/")[0]]]) for key in again)
    assert len(items) == len(used)


@given(st.lists(st.text(max_size=12), max_size=5))
def test_keys_unknown_to_the_pack_do_no_harm(used):
    assert next_focus(make_regulation(), used) == "akuntabel/1/1"


@pytest.mark.parametrize("regulation", list(load_regulations().values()), ids=lambda regulation: regulation.id)
def test_in_the_real_packs_no_value_has_three_days_running_and_each_returns(regulation):
    keys = focuses(regulation, 2 * cycle_length(regulation))
    slugs = [key.split("/")[0] for key in keys]
    assert not any(one == other == third for (one, other), (_, third) in pairwise(pairwise(slugs)))
    patience = ceil(1.5 * cycle_length(regulation) / min(Counter(slugs[: cycle_length(regulation)]).values()))
    for value in regulation.values:
        places = [place for place, slug in enumerate(slugs) if slug == value.slug]
        assert all(later - earlier <= patience for earlier, later in pairwise(places))
