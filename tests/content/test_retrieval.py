from content.retrieval import Index, Saying, nearest_texts

INDEX = Index(
    [
        Saying("assets", "mobil dinas dipakai mudik"),
        Saying("assets", "laptop kantor hilang"),
        Saying("secrets", "membocorkan surat rahasia"),
    ]
)


def best(question):
    scores = INDEX.scores(question)
    return max(scores, key=scores.__getitem__)


def test_the_label_with_the_nearest_saying_wins():
    assert best("bolehkah memakai mobil kantor") == "assets"
    assert best("surat rahasia bocor") == "secrets"


def test_a_typing_error_does_not_hide_the_word():
    assert best("lpatop kntor") == "assets"


def test_strange_words_make_everything_less_near():
    assert INDEX.scores("mobil")["assets"] > INDEX.scores("mobil balap formula")["assets"]


def test_a_text_without_any_known_word_has_no_scores():
    assert INDEX.scores("🙂🙂") == {}
    assert INDEX.known_share("zzzz qqqq") == 0.0


def test_texts_are_ordered_by_nearness_and_ties_by_place():
    assert nearest_texts("surat rahasia", ["ikhlas", "menyimpan rahasia", "kompak"]) == [1, 0, 2]
