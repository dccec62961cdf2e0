import numpy as np
import pytest

from content import training
from content.features import features
from content.question_bank import OUT_OF_SCOPE, Outside, QuestionBank, Theme, ValueSayings
from content.question_model import evidence, loaded
from content.regulation_loader import load_regulations
from content.training import families_of, made_from, trained

KUPANG = load_regulations()["kupang-30-2025"]


def stories(*texts):
    return tuple((text, f"{text} bagaimana") for text in texts)


BANK = QuestionBank(
    themes=(
        Theme({"berakhlak": ("nilai/akuntabel/2",)}, stories("mobil dinas dipakai mudik", "motor dinas dibawa pulang")),
        Theme({"berakhlak": ("nilai/loyal/3",)}, stories("dokumen rahasia disebar", "membocorkan rahasia rapat")),
    ),
    values=ValueSayings(("apa arti {name}", "{name}")),
    programme={"motto": stories("apa motto kita", "bunyi motto budaya kerja")},
    out_of_scope=(Outside("food", stories("resep rendang", "cara masak soto", "bumbu gulai kambing")),),
)


def rows_and_vectors(bank):
    said = training.rows_of(bank, [KUPANG])
    texts = sorted({row.text for row in said})
    rows = training._rows(said, [KUPANG], {text: number for number, text in enumerate(texts)})
    return rows, training._vectors(training._postings(texts))[rows.numbers]


@pytest.fixture(scope="module")
def arrays():
    return trained(BANK, [KUPANG])


def test_training_again_makes_the_same_model(arrays):
    again = trained(BANK, [KUPANG])
    assert arrays.keys() == again.keys()
    assert all(np.allclose(arrays[name], again[name], atol=1e-3) for name in arrays)


def test_a_model_just_trained_reads_questions(arrays):
    model = loaded(arrays)
    for question, label in [
        ("mobil dinas untuk mudik", "nilai/akuntabel/2"),
        ("resep soto", OUT_OF_SCOPE),
        ("rahasia rapat bocor", "nilai/loyal/3"),
    ]:
        scores = model.read("berakhlak", question).scores
        assert max(scores, key=scores.__getitem__) == label


def test_what_is_cross_validated_is_what_a_model_says_that_never_saw_the_situation():
    rows, vectors = rows_and_vectors(BANK)
    solved = training._solved(vectors, rows)
    for group in rows.together:
        known = np.setdiff1d(np.arange(len(rows.texts)), group)
        kernel = training._kernel(vectors).astype(float)
        ridged = kernel[np.ix_(known, known)] + training._RIDGE * np.eye(len(known))
        weights = np.linalg.solve(ridged, rows.meant[known] - solved.usual)
        unseen = kernel[np.ix_(group, known)] @ weights + solved.usual
        assert np.allclose(solved.unseen[group], unseen, atol=1e-3)


def test_what_no_regulation_deals_with_goes_unseen_by_whole_kinds_and_the_rest_by_situations():
    rows, _ = rows_and_vectors(BANK)
    unseen = [{rows.texts[number] for number in group} for group in rows.together]
    food = {text for story in BANK.out_of_scope[0].situations for text in story}
    assert food in unseen
    assert {"mobil dinas dipakai mudik", "mobil dinas dipakai mudik bagaimana"} in unseen


def test_the_fingerprint_changes_with_an_utterance(arrays):
    assert loaded(arrays).made_from == made_from(BANK, [KUPANG])
    other = QuestionBank(BANK.themes[:1], BANK.values, BANK.programme, BANK.out_of_scope)
    assert made_from(other, [KUPANG]) != made_from(BANK, [KUPANG])


def test_regulations_with_the_same_acronym_are_one_family():
    families = families_of(BANK, load_regulations().values())
    assert {key: len(packs) for key, packs in families.items()} == {"berakhlak": 3}


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("features", lambda text: features(text.replace("mudik", "pulang"))),
        ("bent", lambda cosines: cosines),
        ("evidence", lambda *seen: evidence(*seen)[:-1]),
        ("_RIDGE", 0.3),
        ("_DECLINED", 0.5),
        ("_SHARES", {"own": 0.4, "elsewhere": 0.2, "nobody": 0.4}),
    ],
)
def test_the_fingerprint_changes_with_what_is_compared_and_how_it_is_fitted(monkeypatch, name, other):
    before = made_from(BANK, [KUPANG])
    assert made_from(BANK, [KUPANG]) == before
    monkeypatch.setattr(training, name, other)
    assert made_from(BANK, [KUPANG]) != before


def test_the_cross_validation_is_told_in_shares(arrays):
    first, three, declined, answered = arrays["cross_validation"]
    assert 0 <= first <= three <= 1
    assert 0 <= declined < 1
    assert 0 <= answered <= 1
