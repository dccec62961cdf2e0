"""The estimate is the most that a push may come to, or that it is not known."""

from decimal import Decimal

import pytest

from scheduler.charges import Load, Prices, at_most

PRICES = Prices("IDR", {"utility": Decimal("357.5"), "marketing": Decimal(586), "service": Decimal(100)})


@pytest.mark.parametrize(
    ("load", "most"),
    [
        (Load(persons=3, outside=0, messages=1, category="utility"), "300"),
        (Load(persons=3, outside=2, messages=1, category="utility"), "1015"),  # 100 + 2 x (357,5 + 100)
        (Load(persons=3, outside=3, messages=2, category="marketing"), "2358"),  # 3 x (586 + 200)
        (Load(persons=3, outside=2, messages=1, category=None), "300"),  # who may have written by then
        (Load(persons=0, outside=0, messages=1, category="utility"), "0"),
    ],
)
def test_who_wrote_lately_gets_the_message_and_everybody_else_a_template_and_then_the_message(load, most):
    assert at_most(load, PRICES) == Decimal(most)


def test_without_a_price_that_it_takes_it_is_not_known():
    load = Load(persons=2, outside=1, messages=1, category="utility")
    assert at_most(load, None) is None
    assert at_most(load, Prices("IDR", {"service": Decimal(1)})) is None
    assert at_most(load, Prices("IDR", {"utility": Decimal(1)})) is None


def test_the_price_of_a_template_that_nobody_gets_need_not_be_known():
    load = Load(persons=2, outside=0, messages=1, category="utility")
    assert at_most(load, Prices("IDR", {"service": Decimal(1)})) == Decimal(2)
