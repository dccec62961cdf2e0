"""is_machine_talk: code, a line put into the system's mouth, an order to reword, to speak for others, to drop rules."""

import re

_CODE = re.compile(
    r"""
      \w\(\s*["'{\[]                # a call with text: print("x")
    | \w\([\w\s,.]*\)\s*[:;{=]      # a definition or statement: f(x): ...
    | [{}]                          # a block or a template
    | <[a-z][^<>]*>\s*\w            # a tag with text
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HEADER = re.compile(
    r"^[\W_]*(?:sistem|system|asisten|assistant|developer|instruksi|instructions?|prompt)\b[^\w:]*:", re.IGNORECASE
)
_REWORDING = re.compile(
    r"""
      ^\W* (?:(?:tolong|coba|mohon|silakan)\W+)?
      (?: (?:(?:ganti|ubah|hapus|rombak|sunting|edit|revisi)(?:kan|lah)?
            | (?:tulis|susun|karang)(?:kan)?\W+(?:ulang|kembali))
          \W+(?:\w+\W+){0,2} (?:pasal|ayat|peraturan|perwali|perbup)\b
        | (?:buat|bikin|karang|tambah)(?:kan|lah)? \W+(?:\w+\W+)? (?:pasal|ayat)\W+(?:baru|palsu|tambahan)\b )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SPEAKING_FOR = re.compile(
    r"""
      ^\W* (?:(?:tolong|coba|mohon|silakan)\W+)?
      (?:buat|bikin|tulis|susun|karang|umum|terbit|keluar|rilis)(?:kan|lah|in)? \W+ (?:\w+\W+){0,8}?
      (?: (?:pernyataan|keterangan)\W+resmi\b | (?:siaran|rilis)\W+pers\b
        | (?:atas\W+nama|mengatasnamakan) \W+ (?:(?:pak|bapak|bu|ibu)\W+)?
          (?:wali|bupati|gubernur|presiden|menteri|sekda|sekretaris|kepala|kadis|camat|lurah|pimpinan|pejabat|humas
            |pem(?:erintah|kot?|kab|da|prov)) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_UNRULING = re.compile(
    r"""
      ^\W* (?:(?:tolong|coba|mohon|please|now|sekarang)\W+)?
      (?:ignore|disregard|forget|abaikan|lupakan|hiraukan|langgar) \W+ (?:\w+\W+){0,4}?
      (?:rules?|instructions?|prompts?|guidelines?|(?:aturan|instruksi|perintah|batasan)(?:mu|nya)?) \W+
      (?:(?:yang|kamu|anda)\W+)? (?:above|before|given|you|and|di\W?atas|tadi|sebelum(?:nya)?|kamu|anda|lalu|dan)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


def is_machine_talk(text: str) -> bool:
    """Whether the text speaks to a program or an editor rather than asks; no regulation has an answer to that."""
    return any(pattern.search(text) for pattern in (_CODE, _HEADER, _REWORDING, _SPEAKING_FOR, _UNRULING))
