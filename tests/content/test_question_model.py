import pytest

from content.question_bank import keys_of, packaged_bank
from content.question_model import packaged_model
from content.regulation_loader import load_regulations
from content.training import made_from

REGULATIONS = load_regulations()


def test_the_model_was_made_from_the_bank_and_the_regulations_of_today():
    assert packaged_model().made_from == made_from(packaged_bank(), REGULATIONS.values()), "run: make train"


@pytest.mark.parametrize("regulation", REGULATIONS.values(), ids=REGULATIONS)
def test_every_regulation_was_taught(regulation):
    assert set(keys_of(regulation)) & packaged_model().families.keys()


def test_an_utterance_of_the_bank_is_read_as_what_it_means():
    reading = packaged_model().read("berakhlak", "mobil dinas dipakai mudik keluarga")
    assert max(reading.scores, key=lambda label: reading.scores[label]) == "nilai/akuntabel/2"


def test_a_feature_says_more_the_rarer_it_is_and_most_where_the_bank_lacks_it():
    weight = packaged_model().weight
    assert weight("kantor") < weight("twibbon") < weight("qwertyuiop") == packaged_model().rarest


def test_a_family_that_was_not_taught_is_unknown():
    with pytest.raises(KeyError):
        packaged_model().read("medan-1-2020", "apa")
