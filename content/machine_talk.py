"""is_machine_talk: code, a line put into the system's mouth, an order to reword, to speak for others, to drop rules.

And to repeat what somebody says, to make verses of it, to play a part, to suppose that a rule is none.
"""

import re
import unicodedata

from content.normalising import read_part
from content.tampering import is_tampering

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
# Whoever orders begins so: "sebagai penulis, tolong ..."
_ORDERED = r"""
      ^\W* (?:(?:sebagai|selaku|bayangkan|misalkan|berperan\w*) \b [^,.:;]{1,60} [,.:;] \W*)?
      (?:(?:tolong|coba|mohon|silakan|please|pls|now|sekarang|kamu|kau|lo|lu|kak|min|bot)\W+){0,3}
"""
# Who asks about what people do says so: "bikin pantun buat apel, boleh?"
_NOT_ASKED = r"(?!.*(?:\?|\b(?:boleh|bole|nilai\W+apa|perilaku\W+apa|termasuk|tergolong|melanggar)\b))"
_REWORDING = re.compile(
    _ORDERED
    + r"""
      (?: (?:(?:ganti|ubah|hapus|rombak|sunting|edit|revisi)(?:kan|lah)?
            | (?:tulis|susun|karang)(?:kan)?\W+(?:ulang|kembali))
          \W+(?:\w+\W+){0,2} (?:pasal|ayat|peraturan|perwali|perbup)\b
        | (?:buat|bikin|karang|tambah)(?:kan|lah)? \W+(?:\w+\W+)? (?:pasal|ayat)\W+(?:baru|palsu|tambahan|\d+)\b )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SPEAKING_FOR = re.compile(
    _ORDERED
    + r"""
      (?:buat|bikin|tulis|susun|karang|umum|terbit|keluar|rilis)(?:kan|lah|in)? \W+ (?:\w+\W+){0,8}?
      (?: (?:pernyataan|keterangan)\W+resmi\b | (?:siaran|rilis)\W+pers\b
        | (?:atas\W+nama|mengatasnamakan) \W+ (?:(?:pak|bapak|bu|ibu)\W+)?
          (?:wali|bupati|gubernur|presiden|menteri|sekda|sekretaris|kepala|kadis|camat|lurah|pimpinan|pejabat|humas
            |pem(?:erintah|kot?|kab|da|prov)) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_UNRULING = re.compile(
    _ORDERED
    + r"""
      (?:ignore|disregard|forget|abaikan|lupakan|hiraukan|langgar) \W+ (?:\w+\W+){0,4}?
      (?:rules?|instructions?|prompts?|guidelines?|(?:aturan|instruksi|perintah|batasan)(?:mu|nya)?) \W+
      (?:(?:yang|kamu|anda)\W+)? (?:above|before|given|you|and|di\W?atas|tadi|sebelum(?:nya)?|kamu|anda|lalu|dan)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REPEATING = re.compile(
    _ORDERED
    + _NOT_ASKED
    + r"""
      (?: (?:katakan|bilang|ucapkan|ulangi|tirukan|ketik|tulis|jawab|balas|akui|say|repeat|type)(?:lah|kan|in)?
          (?:\W+(?:ulang|kembali|lagi|saja|aja|ini|after|me|that|dengan|kata|kalimat|saya|aku|gue|berikut)){0,3}
          (?: \s*: | \s*["\u201c][^"\u201d]*["\u201d]?\W*$ | \W+(?:bahwa|kalau|kalo|klo|that)\b )
        | (?:repeat|say)\W+(?:after|that|this|exactly) | (?:translate|terjemah(?:kan|in)?)\b )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_VERSES = re.compile(
    _ORDERED
    + _NOT_ASKED
    + r"""
      (?: (?: (?:buat|bikin|tulis|karang|susun|cipta|gubah|cerita|n?g?gawek?|damel|jieun)
              (?:kan|lah|kanlah|in|ake|ke|ken|keun)? \W+ (?:\w+\W+){0,3}?
            | (?:write|compose|make|tell|give) \W+ (?:\w+\W+){0,3}? )
          (?:pantun|puisi|sajak|syair|gurindam|geguritan|parikan|sisindiran|rap|cerpen|dongeng|lelucon|plesetan|gombalan
            |poems?|jokes?|limericks?|stor(?:y|ies)|haiku)\b )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PLAYING = re.compile(
    r"""
      ^\W* (?:(?:mulai|dari)\W+)* (?:sekarang\W+)? (?:kamu|anda|engkau|kau|lu|lo|kowe|maneh|you)\W+
        (?:(?:itu|sekarang|are|now)\W+)* (?:adalah|jadi|jadilah|menjadi|berperan|pura|pretend|act|a|an)\b
    | ^\W* (?:act|pretend|roleplay|behave|imagine)\W+(?:as|to|like|you|that)\b
    | ^\W* (?:anggap|bayangkan|misalkan|andai(?:kan)?|seandainya|seumpama|suppose)(?:lah)? \W+ (?:\w+\W+){0,2}?
        (?:aturan|peraturan|perwali?|perbup|pasal|ayat|undang|nilai|rules?)\w* \W+ (?:\w+\W+){0,5}?
        (?:dicabut|dihapus|dibatalkan|batal|diganti|diubah|gugur|palsu|berlaku|ada)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TALK = (_CODE, _HEADER, _REWORDING, _SPEAKING_FOR, _UNRULING, _REPEATING, _VERSES, _PLAYING)


def is_machine_talk(text: str) -> bool:
    """Whether the text speaks to a program or an editor rather than asks; no regulation has an answer to that."""
    read = read_part(unicodedata.normalize("NFKC", text))
    return any(pattern.search(read) for pattern in _TALK) or is_tampering(read)
