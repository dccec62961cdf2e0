from pathlib import Path

import pytest

from content.errors import InvalidKnowledge
from content.question_bank import QuestionBank, Theme, ValueSayings, load_bank, packaged_bank, utterances_for
from content.regulation_loader import load_regulations
from content.topics import labels, topics_of

REGULATIONS = load_regulations()


@pytest.fixture
def folder(tmp_path):
    texts = {
        "behaviours/one.yaml": "[{topics: {berakhlak: [nilai/loyal/1]}, situations: [[upacara, ucapara]]}]",
        "values.yaml": "{patterns: ['apa itu {name}']}",
        "programme.yaml": "{motto: [[apa motto]]}",
        "out_of_scope.yaml": "[{kind: food, situations: [[resep rendang]]}]",
    }
    (tmp_path / "behaviours").mkdir()
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def refusal(folder: Path, name: str, text: str):
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(InvalidKnowledge) as caught:
        load_bank(folder)
    return caught.value


def test_a_bank_in_order_is_read(folder):
    assert load_bank(folder).programme == {"motto": (("apa motto",),)}


@pytest.mark.parametrize(
    ("name", "text", "entry"),
    [
        ("programme.yaml", "{semboyan: [[apa]]}", "semboyan"),
        ("behaviours/one.yaml", "[{topics: {siap: [motto]}, situations: [[apa]]}]", "motto"),
        ("behaviours/one.yaml", "[{topic: {siap: [nilai/x/1]}, situations: [[apa]]}]", ""),
        ("behaviours/one.yaml", "[{topics: {siap: [nilai/x/1]}, situations: [apa]}]", ""),
        ("values.yaml", "patterns: [", ""),
    ],
)
def test_a_bank_that_is_not_in_order_is_refused_with_file_and_entry(folder, name, text, entry):
    error = refusal(folder, name, text)
    assert (error.file, error.entry) == (name, entry)


def test_a_behaviour_that_the_named_regulation_lacks_is_refused():
    bank = QuestionBank((Theme({"serang-25-2018": ("nilai/loyal/1",)}, (("x",),)),), ValueSayings(()), {}, ())
    with pytest.raises(InvalidKnowledge):
        list(utterances_for(bank, REGULATIONS["serang-25-2018"]))
    assert list(utterances_for(bank, REGULATIONS["kupang-30-2025"])) == []


def test_every_key_of_the_packaged_bank_is_a_regulation_or_an_acronym():
    keys = {pack.id for pack in REGULATIONS.values()}
    keys |= {(pack.acronym or "").casefold() for pack in REGULATIONS.values()}
    bank = packaged_bank()
    assert {key for theme in bank.themes for key in theme.topics} | set(bank.values.situations) <= keys


@pytest.mark.parametrize("name", sorted(REGULATIONS))
def test_every_behaviour_has_a_dozen_sayings_and_every_other_topic_five(name):
    counts: dict[str, int] = {}
    for saying in utterances_for(packaged_bank(), REGULATIONS[name]):
        for topic in saying.topics:
            counts[topic] = counts.get(topic, 0) + 1
    topics = topics_of(REGULATIONS[name])
    assert {t: counts.get(t) for t, topic in topics.items() if topic.behaviour and counts.get(t, 0) < 12} == {}
    assert {t: counts.get(t) for t in {*topics, *labels().topics} if counts.get(t, 0) < 5} == {}


def test_the_bank_names_a_hundred_subjects_that_are_nobodys():
    subjects = {text for kind in packaged_bank().out_of_scope for situation in kind.situations for text in situation}
    assert len(subjects) >= 100
