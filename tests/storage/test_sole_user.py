"""Two bots never work with one database."""

import pytest

from storage.errors import InUse, Unavailable
from storage.sole_user import sole_user


def test_a_second_bot_is_refused_until_the_first_has_ended(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path}/apel.sqlite"
    with sole_user(url):
        with pytest.raises(InUse), sole_user(url):
            pass
        with sole_user(f"sqlite+aiosqlite:///{tmp_path}/other.sqlite"):
            pass
    with sole_user(url):
        pass


def test_a_place_that_is_not_there_is_unavailable(tmp_path):
    with pytest.raises(Unavailable), sole_user(f"sqlite+aiosqlite:///{tmp_path}/absent/apel.sqlite"):
        pass
