"""The commands that open an office and invite its people, as an administrator types them."""

import pytest
from click.testing import CliRunner

from bot.cli import cli


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
