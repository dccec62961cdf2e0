"""The commands that open an office and invite its people, as an administrator types them."""

import json
import re

import pytest
from click.testing import CliRunner

from bot.cli import cli
from tests.fakes.regulation_pack import NAME, pack_text


@pytest.fixture
def apel(tmp_path, monkeypatch):
    for name, value in {"APEL_DATABASE_URL": f"sqlite:///{tmp_path}/apel.sqlite", "APEL_TELEGRAM_TOKEN": ""}.items():
        monkeypatch.setenv(name, value)

    def typed(*arguments):
        result = CliRunner().invoke(cli, arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.output

    return typed


def test_an_office_is_opened_and_its_secretary_gets_a_one_time_code(apel):
    status, said = apel("office", "add", "Dinas Kominfo", "--regulation", "kupang-30-2025")
    assert (status, "WITA" in said or "Asia/Makassar" in said) == (0, True)
    status, said = apel("invite", "--unit", "dinas kominfo", "--role", "sekretaris")
    assert status == 0
    assert "sekali pakai" in said
    assert "/start " in said
    assert "Tautan belum dapat dibuat: isi APEL_TELEGRAM_TOKEN" in said  # no token here: nobody is told to press it
    assert "menekan tautan" not in said


@pytest.mark.parametrize("name", ["", "  ", "123", "A" * 101])
def test_what_is_no_name_is_refused(apel, name):
    status, said = apel("office", "add", name)
    assert status == 2
    assert "paling panjang 100" in said


def test_a_seat_that_the_regulation_does_not_know_is_refused_with_those_it_has(apel):
    apel("office", "add", "Dinas Kominfo", "--regulation", "kupang-30-2025")
    status, said = apel("invite", "--unit", "Dinas Kominfo", "--role", "fasilitator")
    assert status == 2
    assert "penanggung-jawab, ketua, sekretaris, anggota, administrator" in said
    assert apel("invite", "--unit", "Dinas Kominfo", "--role", "administrator")[0] == 0


def test_every_bad_pack_of_a_folder_is_named_beside_the_good_ones(apel, tmp_path):
    folder = tmp_path / "packs"
    folder.mkdir()
    (folder / "a-1-2030.yaml").write_text("id: [", "utf-8")
    (folder / NAME).write_text(pack_text(), "utf-8")
    (folder / "lain-2-2030.yaml").write_text(pack_text(id="lain-2-2030", timezone="Asia/Atlantis"), "utf-8")
    status, said = apel("regulations", "check", str(folder))
    assert status == 1
    broken, good, wrong = said.splitlines()
    assert broken.startswith("Berkas peraturan a-1-2030.yaml ditolak: not readable as YAML")
    assert good == "contoh-1-2030: baik (1 nilai, 2 perilaku)"
    assert wrong == "Berkas peraturan lain-2-2030.yaml ditolak pada kunci timezone: no such IANA zone: 'Asia/Atlantis'"


def test_the_five_regulations_are_in_order(apel):
    status, said = apel("regulations", "check")
    assert (status, said.count(": baik (")) == (0, 5)


def test_a_question_on_the_command_line_lists_what_may_be_meant(apel):
    status, said = apel("ask", "--regulation", "kupang-30-2025", "lihat rekan begitu waktu melayani")
    assert (status, said.count("• ")) == (0, 3)


def test_the_deliveries_of_a_month_are_told_for_every_office_or_for_one(apel):
    apel("office", "add", "Dinas Kominfo")
    apel("office", "add", "Dinas Sosial")
    status, said = apel("deliveries", "--month", "2026-11")
    assert status == 0
    for office in ("Dinas Kominfo", "Dinas Sosial"):
        assert f"Kiriman November 2026 · {office}\n\nBelum ada kiriman pada bulan ini." in said
    assert "Dinas Kominfo" not in apel("deliveries", "--unit", "dinas sosial")[1]


def test_deliveries_of_an_unknown_office_or_month_are_refused(apel):
    assert apel("deliveries", "--unit", "Tidak Ada")[0] == 2
    assert apel("deliveries", "--month", "November")[0] != 0


def test_the_answers_to_a_file_of_questions_are_scored(apel, tmp_path):
    file = tmp_path / "soal.jsonl"
    lines = [
        {"id": "a", "regulation": "kupang-30-2025", "text": "apa arti loyal", "expected": ["nilai/loyal"]},
        {"id": "b", "regulation": "serang-25-2018", "text": "apa arti integritas", "expected": ["motto"]},
    ]
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    status, said = apel("evaluate", str(file))
    assert status == 0
    assert re.search(r"^semua +2 +50\.0%", said, re.MULTILINE)
    assert "1 × motto → nilai/integritas (b)" in said
    status, said = apel("evaluate", str(file), "--regulation", "kupang-30-2025")
    assert status == 0
    assert re.search(r"^semua +1 +100\.0%", said, re.MULTILINE)
    assert "Tidak ada kekeliruan." in said


def test_a_file_with_a_line_that_is_no_question_is_refused_by_that_line(apel, tmp_path):
    (tmp_path / "soal.jsonl").write_text("\n{}", "utf-8")
    status, said = apel("evaluate", str(tmp_path / "soal.jsonl"))
    assert status == 2
    assert "Baris 2 dari " in said
