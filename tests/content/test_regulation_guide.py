import re
from pathlib import Path

import pytest
from msgspec import Struct

from content import regulation

GUIDE = (Path(__file__).parents[2] / "docs" / "regulations.md").read_text("utf-8")
NAMED = set(re.findall(r"`([a-z_]+)`", GUIDE))
BLOCKS = [
    block for block in vars(regulation).values() if isinstance(block, type) and issubclass(block, regulation.Frozen)
]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.__name__)
def test_the_guide_names_every_key(block: type[Struct]):
    assert set(block.__struct_fields__) - NAMED == set()


def test_the_guide_names_every_force():
    assert {force.value for force in regulation.Force} <= NAMED
