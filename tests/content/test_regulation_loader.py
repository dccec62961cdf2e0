import json
from datetime import date

import msgspec
import pytest

from content.errors import InvalidRegulation
from content.regulation import DateRule, Regulation
from content.regulation_loader import check_packs, load_pack, load_regulations, regulation_json
from tests.fakes.regulation_pack import NAME, pack_text

THE_FIVE = {
    "banjarmasin-38-2016": ("Asia/Makassar", [9, 8, 4], 0),
    "karanganyar-44-2023": ("Asia/Jakarta", [3] * 7, 50),
    "kupang-30-2025": ("Asia/Makassar", [3] * 7, 0),
    "serang-25-2018": ("Asia/Jakarta", [5, 5, 4, 5], 0),
    "tangerang-66-2023": ("Asia/Jakarta", [3] * 7, 47),
}


def refusal(text, name=NAME):
    with pytest.raises(InvalidRegulation) as caught:
        load_pack(name, text)
    return caught.value


def test_five_packs_are_packaged_and_in_order():
    found = {
        pack.id: (
            pack.timezone,
            [len(value.behaviours) for value in pack.values],
            sum(len(value.manifestations) for value in pack.values),
        )
        for pack in load_regulations().values()
    }
    assert found == THE_FIVE


def test_packaged_regulations_are_read_once():
    assert load_regulations() is load_regulations()


def test_the_mapping_cannot_be_changed():
    with pytest.raises(TypeError):
        load_regulations()["contoh"] = None


def test_a_sixth_regulation_is_one_data_file(tmp_path):
    (tmp_path / NAME).write_text(pack_text(), "utf-8")
    (tmp_path / "catatan.txt").write_text("not a pack", "utf-8")
    regulations = load_regulations(tmp_path)
    assert list(regulations) == ["contoh-1-2030"]
    sixth = regulations["contoh-1-2030"]
    assert sixth.enacted == date(2030, 1, 2)
    assert load_pack(NAME, pack_text().replace("'2030-01-02'", "2030-01-02")) == sixth
    assert sixth.value("tepat-janji").behaviours[1].variants[0].text == "membalas surat"
    assert sixth.activation("twibbon").rule == DateRule(day=5, month=5)
    exported = json.loads(regulation_json(sixth))
    assert exported["values"][0]["behaviours"][0] == {
        "n": 1,
        "text": "datang tepat waktu",
        "source": "Pasal 4 huruf a angka 1",
    }


def test_one_bad_pack_of_a_directory_is_named(tmp_path):
    (tmp_path / NAME).write_text(pack_text(), "utf-8")
    (tmp_path / "lain-2-2030.yaml").write_text(pack_text(), "utf-8")
    with pytest.raises(InvalidRegulation) as caught:
        load_regulations(tmp_path)
    assert (caught.value.file, caught.value.key) == ("lain-2-2030.yaml", "id")


def test_a_check_goes_on_behind_a_bad_pack(tmp_path):
    (tmp_path / "a-1-2030.yaml").write_text("id: [", "utf-8")
    (tmp_path / NAME).write_text(pack_text(), "utf-8")
    (tmp_path / "lain-2-2030.yaml").write_text(pack_text(id="lain-2-2030", timezone="Asia/Atlantis"), "utf-8")
    broken, good, wrong = check_packs(tmp_path)
    assert (broken.file, broken.key) == ("a-1-2030.yaml", "")
    assert good.id == "contoh-1-2030"
    assert (wrong.file, wrong.key, wrong.reason) == (
        "lain-2-2030.yaml",
        "timezone",
        "no such IANA zone: 'Asia/Atlantis'",
    )


def test_bytes_that_are_not_utf8_are_refused(tmp_path):
    (tmp_path / NAME).write_bytes(b"id: \xff\xfe")
    with pytest.raises(InvalidRegulation, match=r"contoh-1-2030\.yaml: : not UTF-8"):
        load_regulations(tmp_path)


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("values: [1", "", "not readable as YAML"),
        ("values: 1\x00", "", "not readable as YAML"),
        ("values: " + "[" * 5000, "", "not readable as YAML"),
        ("a: &x [*x]", "", "anchors and aliases are not used in packs"),
        (pack_text().replace("title: ", "title: &x "), "", "anchors and aliases are not used in packs"),
        (pack_text(enacted="2030-13-45"), "enacted", "Invalid RFC3339"),
        (pack_text().replace("'2030-01-02'", "2030-02-31"), "enacted", "Invalid RFC3339"),
        ("", "", "Expected `object`, got `null`"),
        ("- satu", "", "Expected `object`, got `array`"),
        (pack_text(title=3), "title", "Expected `str`, got `int`"),
        (pack_text(values__0__behaviours__1__n="dua"), "values[0].behaviours[1].n", "Expected `int`, got `str`"),
        (pack_text(values__0__warna="biru"), "values[0].warna", "unknown field"),
        (pack_text(values__0__behaviours__0__source=...), "values[0].behaviours[0].source", "missing required"),
        (pack_text(group=...), "group", "missing required"),
        (pack_text(activations__0__force="keras"), "activations[0].force", "Invalid enum value 'keras'"),
        (pack_text() + "title: lagi\n", "title", "stands twice, again in line"),
        (pack_text().replace("- slug: tepat-janji\n", "- slug: a\n  slug: b\n"), "values[0].slug", "stands twice"),
    ],
)
def test_what_is_not_the_shape_of_a_pack_is_refused_with_its_key(text, key, reason):
    error = refusal(text)
    assert (error.file, error.key) == (NAME, key)
    assert reason in error.reason


def test_the_id_is_the_file_name():
    error = refusal(pack_text(), name="lain-1-2030.yaml")
    assert (error.file, error.key) == ("lain-1-2030.yaml", "id")
    assert error.reason == "must be the file name, not 'contoh-1-2030'"


def test_a_refusal_says_file_key_and_reason_in_one_sentence():
    assert str(refusal(pack_text(timezone="Asia/Atlantis"))) == (
        "contoh-1-2030.yaml: timezone: no such IANA zone: 'Asia/Atlantis'"
    )


@pytest.mark.parametrize("regulation", load_regulations().values(), ids=lambda pack: pack.id)
def test_the_export_is_the_whole_pack_but_the_withheld_words(regulation):
    exported = json.loads(regulation_json(regulation))
    assert set(exported) == set(Regulation.__struct_fields__)
    for item, withheld in zip(exported["withheld"], regulation.withheld, strict=True):
        assert "printed" not in item
        item["printed"] = withheld.printed
    assert msgspec.convert(exported, Regulation) == regulation


def test_the_export_always_lists_behaviours_and_manifestations_and_variants_where_they_are():
    value = json.loads(regulation_json(load_pack(NAME, pack_text())))["values"][0]
    assert list(value) == ["slug", "name", "meaning", "source", "behaviours", "manifestations"]
    assert value["manifestations"] == []
    assert list(value["behaviours"][0]) == ["n", "text", "source"]
    assert value["behaviours"][1]["variants"] == [{"text": "membalas surat", "source": "Lampiran huruf A angka 2"}]
