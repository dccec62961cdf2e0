import pytest

from content.errors import InvalidRegulation
from content.regulation_loader import load_pack
from tests.fakes.regulation_pack import NAME, pack_text

BEHAVIOUR = "values__0__behaviours__0__text"
ABSENT = {"part": "Lampiran", "reason": "Tidak ada.", "source": "Pasal 5", "topics": ["monev", "aktivasi/twiben"]}
SLUG_TWICE = [{"slug": "ketua", "name": "Ketua", "source": "Pasal 5"}] * 2


@pytest.mark.parametrize(
    ("changes", "key", "reason"),
    [
        ({"values__0__source": "pasal tiga"}, "values[0].source", "not a printed clause: 'pasal tiga'"),
        ({"corrections__0__source": "halaman 4"}, "corrections[0].source", "not a printed clause: 'halaman 4'"),
        ({BEHAVIOUR: ""}, "values[0].behaviours[0].text", "empty"),
        ({BEHAVIOUR: "  "}, "values[0].behaviours[0].text", "empty"),
        ({"covers__0__heading": ""}, "covers[0].heading", "empty"),
        ({BEHAVIOUR: "datang  tepat"}, "values[0].behaviours[0].text", "holds a misplaced space at 6"),
        ({BEHAVIOUR: "datang tepat "}, "values[0].behaviours[0].text", "holds a misplaced space at 12"),
        ({BEHAVIOUR: "datang ; pulang"}, "values[0].behaviours[0].text", "holds a misplaced space at 6"),
        ({BEHAVIOUR: "datang\ntepat"}, "values[0].behaviours[0].text", "no regulation prints: '\\n'"),
        ({BEHAVIOUR: "datang | tepat"}, "values[0].behaviours[0].text", "no regulation prints: '|'"),
        ({BEHAVIOUR: "<b>datang</b>"}, "values[0].behaviours[0].text", "no regulation prints: '<'"),
        ({BEHAVIOUR: "datang;"}, "values[0].behaviours[0].text", "ends with the list's own ';'"),
        ({BEHAVIOUR: "datang; dan"}, "values[0].behaviours[0].text", "ends with the list's own '; dan'"),
        ({BEHAVIOUR: "datang; dan/atau"}, "values[0].behaviours[0].text", "ends with the list's own '; dan/atau'"),
        ({BEHAVIOUR: "datang."}, "values[0].behaviours[0].text", "ends with the list's own '.'"),
        ({"values": []}, "values", "empty"),
        ({"values__0__behaviours": []}, "values[0].behaviours", "empty"),
        ({"values__0__behaviours__1__n": 3}, "values[0].behaviours[1].n", "must be 2, not 3"),
        (
            {"values__0__manifestations": [{"n": 0, "text": "hadir", "source": "Lampiran"}]},
            "values[0].manifestations[0].n",
            "must be 1, not 0",
        ),
        ({"maturity__0__level": 2}, "maturity[0].level", "must be 1, not 2"),
        ({"values__0__slug": "tepat-" * 7 + "janji"}, "values[0].slug", "longer than 40 characters"),
        ({"missing": [ABSENT]}, "missing[0].topics[1]", "no such topic: 'aktivasi/twiben'"),
        ({"values__0__slug": "Tepat Janji"}, "values[0].slug", "not a slug: 'Tepat Janji'"),
        ({"group__seats": SLUG_TWICE}, "group.seats[1].slug", "stands twice: 'ketua'"),
        ({"head_of_office__seat": "raja"}, "head_of_office.seat", "must be one of penanggung-jawab, pengarah"),
        ({"head_of_office__seat": "penanggung-jawab"}, "head_of_office.seat", "the group has no such seat"),
        ({"local_values__links__0__value": "loyal"}, "local_values.links[0].value", "no such value: 'loyal'"),
        ({"local_values__links__0__local": "Buruk"}, "local_values.links[0].local", "no such local value: 'Buruk'"),
        ({"timezone": "Jakarta"}, "timezone", "no such IANA zone: 'Jakarta'"),
        ({"timezone": "localtime"}, "timezone", "no such IANA zone: 'localtime'"),
        ({"timezone": "Asia"}, "timezone", "no such IANA zone: 'Asia'"),
        ({"timezone": "../Asia/Jakarta"}, "timezone", "no such IANA zone"),
        ({"activations__0__rule": {"day": 30, "month": 2}}, "activations[0].rule", "no year has this date"),
        ({"activations__0__rule": {"day": 32}}, "activations[0].rule", "no year has this date"),
        ({"monitoring__0__cadence__months": 0}, "monitoring[0].cadence", "months count from 1"),
        ({"monitoring__0__cadence__by_month": 13}, "monitoring[0].cadence", "by_month is 1 to 12"),
        ({BEHAVIOUR: "datang di kota lain"}, "values[0].behaviours[0].text", "shows a withheld misprint: 'Kota Lain'"),
        ({"withheld__0__shown": "di Kota Lain"}, "withheld[0].shown", "shows a withheld misprint: 'Kota Lain'"),
        ({BEHAVIOUR: "menepati jan ji"}, "values[0].behaviours[0].text", "shows a misreading noted as corrected"),
    ],
)
def test_a_fault_is_refused_with_its_key_and_reason(changes, key, reason):
    with pytest.raises(InvalidRegulation) as caught:
        load_pack(NAME, pack_text(**changes))
    assert (caught.value.file, caught.value.key) == (NAME, key)
    assert reason in caught.value.reason


def test_two_values_of_one_slug_are_refused():
    value = {
        "slug": "tepat-janji",
        "name": "Tepat Janji",
        "meaning": "menepati janji",
        "source": "Pasal 3",
        "behaviours": [{"n": 1, "text": "datang", "source": "Pasal 4"}],
    }
    with pytest.raises(InvalidRegulation) as caught:
        load_pack(NAME, pack_text(values=[value, value]))
    assert (caught.value.key, caught.value.reason) == ("values[1].slug", "stands twice: 'tepat-janji'")


def test_two_values_of_one_name_are_refused():
    twin = {"slug": "janji", "name": "Tepat janji", "meaning": "sama", "source": "Pasal 3"}
    values = [twin | {"behaviours": [{"n": 1, "text": "hadir", "source": "Pasal 4"}]}] * 2
    values[1] = values[1] | {"slug": "janji-lain", "name": "TEPAT JANJI"}
    with pytest.raises(InvalidRegulation) as caught:
        load_pack(NAME, pack_text(values=values))
    assert (caught.value.key, caught.value.reason) == ("values[1].name", "stands twice: 'TEPAT JANJI'")


def test_the_head_may_be_role_model_without_a_seat():
    assert load_pack(NAME, pack_text(head_of_office__seat="role-model")).head_of_office.seat == "role-model"


def test_the_29th_of_february_is_a_date():
    pack = load_pack(NAME, pack_text(activations__0__rule={"day": 29, "month": 2}))
    assert pack.activations[0].rule.day == 29
