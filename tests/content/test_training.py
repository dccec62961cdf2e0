import numpy as np
import pytest

from content import solving, training
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

TWO = QuestionBank(
    (*BANK.themes, Theme({"serang-25-2018": ("nilai/akuntabel/1",)}, stories("kwitansi palsu"))),
    *(BANK.values, BANK.programme, BANK.out_of_scope),
)
PACKS = [KUPANG, load_regulations()["serang-25-2018"]]


def rows_and_vectors(bank):
    said = training.rows_of(bank, [KUPANG])
    texts = sorted({row.text for row in said})
    places = {text: number for number, text in enumerate(texts)}
    rows = training._rows(said, [KUPANG], places, training._turns({"berakhlak": said})["berakhlak"])
    postings, _ = training._postings(texts)
    return rows, training._vectors(postings)[rows.numbers]


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


def test_what_is_cross_validated_is_what_a_model_says_that_never_saw_the_situation(monkeypatch):
    rows, vectors = rows_and_vectors(BANK)
    monkeypatch.setattr(solving, "_BLOCK", 40)  # so that there are several
    solved = solving.solved(vectors, rows.meant, rows.together)
    kernel = np.tril(solving.kernel_of(vectors).astype(float))
    kernel += np.tril(kernel, -1).T
    every = np.arange(len(rows.texts))
    for group in (every[part] for part in rows.together):
        known = np.setdiff1d(every, group)
        ridged = kernel[np.ix_(known, known)] + solving._RIDGE * np.eye(len(known))
        weights = np.linalg.solve(ridged, rows.meant[known] - solved.usual)
        unseen = kernel[np.ix_(group, known)] @ weights + solved.usual
        assert np.allclose(solved.unseen[group], unseen, atol=1e-3)


def test_what_no_regulation_deals_with_goes_unseen_by_whole_kinds_and_the_rest_by_situations():
    rows, _ = rows_and_vectors(BANK)
    unseen = [set(rows.texts[group]) for group in rows.together]
    food = {text for story in BANK.out_of_scope[0].situations for text in story}
    assert food in unseen
    assert {"mobil dinas dipakai mudik", "mobil dinas dipakai mudik bagaimana"} in unseen


def test_the_fingerprint_changes_with_an_utterance(arrays):
    assert loaded(arrays).made_from == made_from(BANK, [KUPANG])  # also where it is told by the way
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
        ("FITTING", (0.3, 1)),
        ("_MOST", 0.2),
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


def test_what_families_say_alike_goes_unseen_in_one_of_them_by_turns():
    said = {key: training.rows_of(TWO, packs) for key, packs in families_of(TWO, PACKS).items()}
    turns = training._turns(said)
    assert set.union(*turns.values()) == {training._goes_with(row) for rows in said.values() for row in rows} - {None}
    assert not set.intersection(*turns.values())
    assert all("motto 0" in {training._goes_with(row) for row in rows} for rows in said.values())


def test_a_run_of_letters_that_much_of_the_bank_has_tells_nothing():
    texts = [f"{word} kantor" for word in ("apel", "rapat", "mobil", "gedung", "motto")] + ["salam"] * 60
    postings, _ = training._postings(texts)
    told = dict(zip(postings.names, zip(postings.rarity, postings.counts, strict=True), strict=True))
    assert told["_ sa"] == (0, 0)
    assert told["_ kan"][0] > 0
    assert told["salam"][0] > 0
