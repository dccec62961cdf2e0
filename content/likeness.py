"""Questions grouped by likeness, so that people decide on what was asked once, not on every phrasing of it."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from content.features import letter_features, word_features
from content.normalising import content_words

ALIKE = 0.4  # cosine, half over words and half over letters, from which two questions go together


def groups_of(texts: Mapping[int, str]) -> list[tuple[int, ...]]:
    """The numbers of texts that are alike, the biggest group first, older before newer.

    Each text joins the group whose first text it is nearest to, or begins one: what comes later never changes
    earlier groups. A group is known by its first number.
    """
    numbers = sorted(texts)
    rows = _vectors([texts[number] for number in numbers])
    nearness = rows @ rows.T
    firsts: list[int] = []
    groups: dict[int, list[int]] = {}
    for place, number in enumerate(numbers):
        near = nearness[place, firsts]
        if len(near) and near.max() >= ALIKE:
            groups[firsts[int(near.argmax())]].append(number)
        else:
            firsts.append(place)
            groups[place] = [number]
    return sorted((tuple(group) for group in groups.values()), key=lambda group: (-len(group), group[0]))


def _vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """One row a text, of length 1 in either kind of feature, so that a product is the mean of both cosines."""
    said = [content_words(text) for text in texts]
    places: dict[tuple[int, str], int] = {}
    entries: list[tuple[int, int, float]] = []
    for row, told in enumerate(said):
        for kind, count in enumerate((word_features(told), letter_features(told))):
            length = sum(times * times for times in count.values()) ** 0.5
            entries += [
                (row, places.setdefault((kind, name), len(places)), times / length) for name, times in count.items()
            ]
    table = np.zeros((len(texts), len(places)), np.float32)
    for row, place, weight in entries:
        table[row, place] = weight
    return table / np.float32(2**0.5)
