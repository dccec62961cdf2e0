"""A sixth regulation, made up and as small as a pack may be: the text of its data file, whole or with changes."""

from copy import deepcopy
from typing import Any

import yaml

NAME = "contoh-1-2030.yaml"

_PACK: dict[str, Any] = {
    "id": "contoh-1-2030",
    "title": "Peraturan Bupati Contoh Nomor 1 Tahun 2030",
    "about": "Budaya Kerja",
    "place": "Kabupaten Contoh",
    "enacted": "2030-01-02",
    "timezone": "Asia/Jayapura",
    "terms": {"values": "Nilai", "behaviours": "Perilaku", "regional_head": "Bupati"},
    "acronym": None,
    "values_list": {"text": "Nilai Budaya Kerja yaitu tepat janji", "source": "Pasal 3"},
    "values": [
        {
            "slug": "tepat-janji",
            "name": "Tepat Janji",
            "meaning": "menepati yang dijanjikan",
            "source": "Pasal 3 huruf a",
            "behaviours": [
                {"n": 1, "text": "datang tepat waktu", "source": "Pasal 4 huruf a angka 1"},
                {
                    "n": 2,
                    "text": "menjawab surat",
                    "source": "Pasal 4 huruf a angka 2",
                    "variants": [{"text": "membalas surat", "source": "Lampiran huruf A angka 2"}],
                },
            ],
        },
    ],
    "covers": [{"text": "Setiap pegawai menepati janji", "source": "Pasal 2"}],
    "head_of_office": {"name": "Kepala Perangkat Daerah", "seat": "pengarah", "source": "Pasal 5 ayat (1)"},
    "group": {
        "name": "Kelompok Budaya Kerja",
        "short": "KBK",
        "definition": None,
        "formation": [{"text": "Kepala Perangkat Daerah membentuk KBK", "source": "Pasal 5 ayat (1)"}],
        "tasks": [{"text": "menyusun program", "source": "Pasal 5 ayat (2)", "force": "may"}],
        "seats": [
            {"slug": "pengarah", "name": "Pengarah", "source": "Pasal 5 ayat (3)"},
            {"slug": "ketua", "name": "Ketua", "source": "Pasal 5 ayat (3)"},
        ],
    },
    "regional_team": None,
    "change_agents": None,
    "local_values": {
        "name": "BAIK",
        "text": "slogan BAIK",
        "source": "Lampiran",
        "values": ["Baik"],
        "links": [{"value": "tepat-janji", "local": "Baik", "source": "Lampiran", "text": "tepat janji mencakup Baik"}],
    },
    "activations": [
        {
            "slug": "twibbon",
            "name": "Twibbon",
            "text": "dipasang setiap tanggal 5 Mei",
            "source": "Lampiran huruf B",
            "force": "example",
            "rule": {"day": 5, "month": 5},
        }
    ],
    "monitoring": [
        {
            "who": "Ketua",
            "text": "melapor tiap bulan",
            "source": "Pasal 6",
            "cadence": {"words": "tiap bulan", "months": 1},
        }
    ],
    "maturity": [{"level": 1, "indicator": "Sudah ada slogan", "evidence": ["slogan"], "source": "Lampiran tabel 1"}],
    "corrections": [{"source": "Pasal 2", "scanned": "jan ji", "corrected": "janji", "reason": "lost joint"}],
    "withheld": [{"source": "Pasal 9", "printed": "Kota Lain", "reason": "another city"}],
}


class _WithoutAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def pack_text(**changes: object) -> str:
    """The data file; each change is "a__0__b" = value, and `...` takes the key away."""
    pack = deepcopy(_PACK)
    for path, value in changes.items():
        *parents, last = [int(step) if step.isdigit() else step for step in path.split("__")]
        holder: Any = pack
        for step in parents:
            holder = holder[step]
        if value is ...:
            del holder[last]
        else:
            holder[last] = value
    return yaml.dump(pack, Dumper=_WithoutAliases, allow_unicode=True, sort_keys=False)
