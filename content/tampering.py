"""is_tampering: an order to change what the regulation says, or to answer by anything but the regulation.

Told from the same words about people's conduct ("atasan menyuruh hapus data") by how it is said: as an order, bare verb
first, and about what the bot quotes: a value, its meaning, a clause. What asks something is no order.
"""

import re
from functools import cache

from content.courtesy import asking_words
from content.normalising import words
from content.value_name import value_names

_CALLED = r"(?:kamu|anda|kau|lo|lu|elu|kowe|bot|you)"
_OPENING = rf"""
    (?: (?:sebagai|selaku|as|atas\W+(?:perintah|instruksi))\b [^.:;?\n]{{1,50}}?
      (?:perintah\w*|instruksi\w*|putuskan|minta\W+kamu\b|\b(?=(?:ubah|ganti|hapus)\b)|[,:;]) \W*
          (?:(?:agar|supaya|untuk)\W+)? )?
    (?: (?:tolong|coba|mohon|silakan|harap|please|pls|just|now|sekarang|langsung|segera|ayo|oke?|baik|halo|hai|hey|hi
          |juga|kak|min|admin|bang|bro|gan|apel|wajib|harus|saya\W+perintahkan|perintah|tugas|task|command
          |(?:mulai|from)\W+(?:sekarang|now(?:\W+on)?)|{_CALLED}) \b \W+ ){{0,4}}
"""
_START = rf"^\W*{_OPENING}"
_CLAUSE = rf"(?:^|[.,;:!?\n]|\b(?:dan|lalu|terus|kemudian|tapi|tetapi|and|then|but)\b)\W*{_OPENING}"  # also further on
_FEW = r"(?:\w+\W+){0,4}?"
_CHANGE = r"""(?:ganti|gantikan|ubah|tukar|atur|set|koreksi|perbarui|update|tambah|tambahi|masukkan|masukan|sisipkan
    |selipkan|modif\w*|change|modify|add|insert|swap|put)(?:kan|lah|in)?"""
_STRIKE = r"""(?:hapus|hilangkan|buang|cabut|batalkan|edit|revisi|rombak|sunting|timpa|reset|copot|nonaktifkan
    |kosongkan|coret|delete|remove|replace|rename|redefine|overwrite|override|rewrite|alter|drop|erase)(?:kan|lah|in)?"""
_TELL = r"""(?:jelaskan|jelasin|terangkan|definisikan|artikan|rangkum|ringkas|simpulkan|sebut(?:kan|in)?|tampilkan|cetak
    |print|tulis(?:kan)?|salin|kutip(?:kan)?|baca(?:kan)?|jawab|abaikan|lupakan|ulangi|kasih|beri|explain|describe|define
    |summari[sz]e|show|write|quote|answer|ignore|forget)(?:lah)?"""
_SAY = r"(?:bilang|tulis|ketik|jawab|balas|ucap|sebut|teriak|print|output|say|write|reply|type|answer)(?:lah|kan|in)?"
_RUDE = r"(?:kasar|kotor|jorok|makian|umpatan|hinaan|cacian|vulgar|porno|sarkas\w*|alay|preman|rude|curse|swear|dirty)"
_MEANING = r"""(?:definisi|arti|makna|pengertian|bunyi|pasal|ayat|perwali?|perbup|peraturan
    |definition|meaning|article)(?:nya)?\b"""
_PEOPLE = r"(?:warga|masyarakat|pelanggan|tamu|pasien|siswa|murid|teman|rekan|bawahan|staf|atasan|pimpinan|orang)\b"
_OPINION = r"(?:pendapat|opini|versi|definisi|selera|imajinasi|kehendak|logika|perasaan|keinginan)"
_RULE = (
    r"(?:perwali?|perbup|perda|peraturan|regulasi|aturan|pasal|ayat|rules?|regulations?|instruksi|instruction)(?:nya)?"
)


_ASKED = re.compile(
    r"""
      \b (?:nilai|perilaku|langgar\w*|melanggar|pasal|aturan|sikap)\W+(?:apa|mana)\b
    | (?<!supaya.)(?<!agar.)(?<!biar.)(?<!berarti.)(?<!artinya.)(?<!:.)\bboleh?(?:kah)?\b
    | \b (?:termasuk|tergolong|melanggar|langgar|wajar|etis|gimana|gmn|piye|kumaha|pripun|kalau|kalo|klo
        |jika|bila) \b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TAG = re.compile(r"\W+(?:ya|oke?|dong|bisa|bisa\W+(?:kan|ga|gak|nggak|tidak)|paham|mengerti)\W*\?+\W*$", re.IGNORECASE)
_TELLING = frozenset({"jelaskan", "sebutkan", "contoh", "boleh"})  # asking words with which an order may begin


def is_tampering(text: str) -> bool:
    """Whether the text orders the bot to alter the rules that it quotes, or to answer by something else."""
    always, unless_asked = _orders()
    return always.search(text) is not None or (not _asks(text) and unless_asked.search(text) is not None)


def _asks(text: str) -> bool:
    """Whether it is a question, by its words or its mark; an order with a tag ("hapus nilai itu, bisa?") is none."""
    bare = _TAG.sub("", text)
    return "?" in bare or _ASKED.search(bare) is not None or not (asking_words() - _TELLING).isdisjoint(words(bare))


@cache
def _orders() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What is an order whatever else is said, and what is one unless the text asks something."""
    value = _value()
    return (
        _joined(_switching(value), _tailed(), _retold(value), _addressed(value), _laid_bare()),
        _joined(
            *(
                _changing(value),
                _own_words(value),
                _unruling(),
                _repeated(value),
                _redefining(value),
                _disguised(value),
            ),
            *(_completed(), _shaped(), _on_people()),
        ),
    )


def _joined(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.VERBOSE | re.IGNORECASE)


def _value() -> str:
    """Any value's name, also in the form of its noun, and what it is called in English."""
    names = (rf"{re.escape(name)}\w*".replace(r"\ ", r"\W+") for name in value_names())
    return rf"(?:{'|'.join(names)}|harmoni|kolaborasi|accountab\w*|competen\w*|harmon\w*|adaptiv\w*|collaborat\w*)\b"


def _switching(value: str) -> str:
    """Another mode, and values set as a programmer sets them."""
    return rf"""
      \b(?:mode|modus)\W+(?:pengembang|developer|dev|admin\w*|debug|root|dewa|god|tanpa|jailbreak|dan|sudo|uji\W?coba|bebas\W+aktif)\b
    | \b(?:developer|admin|debug|god|root|sudo|dan|jailbreak)\W+mode\b | \bjailbreak | ^\W*(?:sudo|override|overwrite)\b
    | \boverride\s*[:=] | ^\W*set\W+{value}\s*(?:=|to\b|ke\b|jadi\b) | \bupdate\W+\w+\W+set\b
    | {value}\s*:?=+\s*(?:false|true|null|none|nil|undefined|off|on|no|yes|\d+)\b
    """


def _tailed() -> str:
    """Something to be said once an answer is given: "jelaskan loyal lalu katakan ..."."""
    after = r"(?:\b(?:lalu|dan|terus|trus|kemudian|habis\W+itu|setelah\W+itu|then|and)|[,.;])"
    shown = (
        r"(?!\W+(?:contoh|pasal|ayat|sumber|dengan|secara|dalam|pakai|singkat|poin|bunyi|isi|juga|apa|kenapa|alasan))"
    )
    return rf"""
      {after} \W+ (?:katakan|ucapkan)(?:lah)? \b
        (?!\W+(?:apa|siapa|bagaimana|ke|kepada|pada|yang|sejujurnya|jujur|terus))
    | {_START} {_TELL} \b .{{1,200}}? (?:{after}|\b(?:tapi|but)) \W+ {_SAY} \b {shown}
    | {_START} (?:\w+\W+){{1,6}}? {after} \W+ (?:output|print|say)\b
    """


def _retold(value: str) -> str:
    """The rules told with a word put for another, or in foul words."""
    return rf"""
      {_START} (?!.*\b{_PEOPLE}) (?:{_TELL}|ulang(?:i)?|buat) \b
        (?=[^?]*(?:{value}|{_RULE}|definisi|arti|nilai|perilaku)) .{{1,200}}?
        (?:tapi|tetapi|namun|but|sambil|dengan|dan|lalu|,) \W+ (?:kamu\W+)?
        (?:(?:ganti|ubah|tukar|balik)(?:kan|lah)?|mengganti|menukar|replace|swap|change|replacing) \W+
        (?:\w+\W+){{1,6}}?
        (?:jadi|menjadi|dengan|sama|pakai|with|to|by|for)\b
    | {_CLAUSE} (?!.*\b{_PEOPLE}) (?:rangkum|ringkas|jelaskan|jelasin|definisikan|terangkan|artikan|simpulkan
        |sebut(?:kan)?|gambarkan|deskripsikan|summari[sz]e|explain|describe|define|translate) \b .{{1,80}}?
        (?:kata|bahasa|kalimat|gaya|nada|words?|language|using|dengan|pakai|pake)(?:\W?kata)? \W+
        (?:\w+\W+){{0,2}}? {_RUDE}\b
    | \b (?:versi|definisi|arti|makna)(?:mu|\W+(?:kamu|anda))\W+sendiri\b
    """


def _addressed(value: str) -> str:
    """A change asked of the bot itself, politely: "bisakah kamu hapus nilai loyal"."""
    return rf"""
      {_START} (?:bisa(?:kah)?|dapat(?:kah)?|mau(?:kah)?|could|can|would) \W+ (?:(?:gak|ga|nggak|tidak)\W+)? {_CALLED}
        \W+ (?:please\W+)? (?:me(?:ng|n|m)?)? (?:{_CHANGE}|{_STRIKE}|gubah|ghapus|ghilangkan|ggantikan) \W+ {_FEW}
        (?:{value}|{_MEANING}|nilai|perilaku)
    """


def _changing(value: str) -> str:
    """A bare order to change what the regulation says."""
    entry = rf"""(?:nilai|perilaku|poin|butir|values?) \W+
      (?:{value}|baru|lagi|tambahan|itu|ini|tersebut|dari|\d|new
        |ke(?:\W?\d|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan))"""
    named = r"(?:(?:nama|nilai|kata|poin|isi|perilaku|name|word|the|value|of|\d|nomor|ke\w+)\W+){0,3}"
    return rf"""
      {_CLAUSE} (?:{_CHANGE}|{_STRIKE}) \W+ {_FEW} (?:{_MEANING}|{entry})
    | {_CLAUSE} {_STRIKE} \W+ {named} (?:{value}|berakhlak\b|daftar\W+nilai|semua\W+(?:nilai|perilaku)|all\W+values)
    | {_START} (?:{entry}|(?:(?:definisi|arti|makna)\W+)?{value}|daftar\W+nilai) \W+ (?:{value}\W+)?
        (?:(?:mohon|harap|harus|tolong|segera)\W+)? (?:di)?(?:{_CHANGE}|{_STRIKE})
        (?:\W*$ | \W+(?:saja|aja|ya|dong|jadi|menjadi|dari|satu|lagi|sekarang)\b)
    | {_CLAUSE} {_CHANGE} \W+ {named} (?:{value}|berakhlak\b) \W+ (?:jadi|menjadi|dengan|to|with|into)\b
    | {_CLAUSE} (?:{_CHANGE}|{_STRIKE}) \W+ {_FEW} (?:ke|di|dari|dalam|pada|to|into|from) \W+ (?:dalam\W+)?
        (?:{value}|daftar\W+nilai|{_MEANING})
    | {_START} (?:ganti|ubah|tukar|replace|change|swap)(?:kan|lah)? \W+
        (?:kata|kalimat|istilah|teks|bunyi|isi|word)\b .{{1,60}}? (?:jadi|menjadi|dengan|sama|pakai|with|to)\b
    | {_CLAUSE} (?:sembunyikan|rahasiakan|palsukan|hide|conceal|fake)(?:lah)? \W+ {_FEW}
        (?:{_MEANING}|sumbernya|sumber\W+pasal|rujukan|kutipan|dasar\W+hukum|{value})
    """


def _own_words(value: str) -> str:
    """An answer made up."""
    return rf"""
      {_CLAUSE} (?:karang|mengarang|ngarang|karanglah|invent|make\W+up) \W+
        (?:(?:sendiri|saja|aja|bebas|your\W+own|a|an)\b | {_FEW} (?:{value}|arti|definisi|makna|nilai|pasal|perilaku))
    | (?:jawab|pakai|pake|gunakan|use|dengan|answer) \W+ {_FEW} {_OPINION} (?:mu|\W+(?:kamu|anda|lo|lu))\b
    | {_CLAUSE} (?:jawab|jelaskan|definisikan|artikan)(?:lah)? \W+ {_FEW} (?:sesuka|semau|seenak|suka\W?-?\W?suka)
    | ^\W*(?:pretend|imagine|assume)\W+(?:that\W+)?{value} | \b (?:fake|false|palsu|bogus) \W+ (?:definition|meaning)\b
    | \b(?:definisi|arti|makna)\W+(?:{value}\W+)?(?:yang\W+)?(?:palsu|bohong\w*|ngawur)\b
    | {_CLAUSE} (?:jawab|jelaskan|definisikan|artikan|terangkan)(?:lah)? \W+ (?:{value}\W+)?
        (?:pakai|pake|dengan|menurut|sesuai) \W+ {_OPINION} \W+ (?:sendiri|bebas)\b
    | \b(?:use|give|with|by) \W+ your \W+ (?:own\W+)? (?:opinion|definition|version|words|imagination)
    """


def _unruling() -> str:
    """To leave the regulation aside, and answer."""
    return rf"""
      {_CLAUSE} (?:forget|ignore|lupakan|abaikan) \W+ (?:everything|all|semuanya?) \W+ (?:and|dan|lalu)\b
    | {_CLAUSE} (?:abaikan|lupakan|hiraukan|singkirkan|kesampingkan|buang|langgar|ignore|disregard|forget|bypass
        |(?:jangan|gak\W+usah|gausah|tidak\W+usah|tak\W+perlu|don'?t|do\W+not)\W+
          (?:pakai|pake|ikuti|patuhi|lihat|kutip|gunakan|use|follow|quote))
        \W+ {_FEW} {_RULE} \b [^.?\n]{{0,40}}? (?:[,.;:]|\b(?:dan|lalu|terus|trus|and|then)\b) \W*
        (?:{_TELL}|{_SAY}|{_CHANGE}|pakai|pake|katakan|karang|buat|bikin|kamu|tell|just|be|act|pretend)\b
    """


def _repeated(value: str) -> str:
    """Words said over and over, or every message answered by them."""
    return rf"""
      ({value})(?:\W+\1){{2,}}
    | {_START} (?:ulang|ulangi|ulangkan|tulis|ketik|bilang|katakan|sebut|ucapkan|cetak|print|repeat|write|say
        |type)(?:kan)? \W+ (?:\w+\W+){{0,4}}? (?:\d+\s*(?:x|kali|times)|x\W?\d+|(?:seratus|seribu|sepuluh)\W+kali)\b
    | {_START} (?:ulang|ulangi|bilang|tulis|katakan|print|repeat|say|write)(?:kan)? \W+ (?:(?:kata|the|word)\W+)*
        {value} \W+ (?:terus|tanpa\W+henti|selamanya|forever|non\W?stop|is|itu|adalah|tidak|bukan)\b
    | {_START} (?!.*\b{_PEOPLE}) (?:balas|jawab|respon\w*|tanggapi|reply|respond|answer)(?:lah|kan|i)?
        \W+ (?:\w+\W+){{0,5}}? (?:(?:dengan|pakai|pake|with|cuma|hanya|only)\W+){{1,2}}
        (?:(?:kata|kalimat|teks|huruf|emoji|word|the|satu|a)\W+(?!{_RUDE}|sopan|baik|ramah|santun)
        |["'\u201c]|(?<!email.dengan.)(?<!surat.dengan.){value}\W*(?:saja|aja|terus|only)?\W*$)
    """


def _redefining(value: str) -> str:
    """A meaning given to a value: "mulai sekarang loyal artinya menurut"."""
    return rf"""
      ^\W* (?:(?:mulai|sejak)\W+(?:sekarang|hari\W+ini|detik\W+ini|besok)|from\W+now\W+on|anggap(?:lah)?|misalkan
        |catat(?:lah)?|ingat(?:lah)?|simpan(?:lah)?|percaya(?:lah)?|setujui|sepakati|bayangkan|assume|suppose|remember
        |let'?s\W+say|accept)
        \W+ (?:(?:bahwa|that|ya|kata|nilai|arti|definisi)\W+)* {value}
        \W+ (?:\w+\W+)?
        (?:artinya|arti|berarti|adalah|itu|bermakna|maknanya|means?|is|sama\W+dengan|=|tidak|bukan|jadi)\b
    """


def _disguised(value: str) -> str:
    """Words put into somebody's mouth, a part to play, or the value's letters played with."""
    seat = (
        r"(?:wali\W?kota|bupati|gubernur|presiden|menteri|sekda|kepala\W+dinas|kadis|camat|mayor|bot|ai|robot|hacker)"
    )
    return rf"""
      {_START} (?:buat|bikin|tulis|susun|karang|pasang|posting|make|write|create)(?:kan|lah|in)? \W+ (?:\w+\W+){{0,8}}?
        (?:seolah|seakan|as\W+if|as\W+though)\w*\W+ (?:\w+\W+){{0,4}}?
        (?:bilang|berkata|mengatakan|menyatakan|ngomong|memuji|says?|said|{seat}|{value})
    | {_START} (?:buat|bikin|tulis|susun|karang|write|make|create)(?:kan|lah|in)? \W+ {_FEW}
        (?:status|caption|tweet|cuitan|berita|kutipan|quote|poster|meme|skrip|script|kode(?!\W+etik)|coding|python
        |javascript|html|sql|json|news|post|parodi|lirik|naskah) \b .{{0,60}}? {value}
    | {_CLAUSE} (?:ber)?pura\W?-?\W?pura(?:lah|nya)? \W+
        (?:(?:kamu|anda|lo|lu|kau|kalau|jadi|menjadi|sebagai|bahwa)\W+){{0,3}}
        (?:{seat}|{value}\W+(?:artinya|berarti|itu|adalah)|{_RULE}|tidak\W+ada\W+{_RULE}|kamu|anda)\b
    | {_START} (?:eja|balik|acak|encode|decode|enkripsi|spell|reverse|encrypt|scramble|hitung)(?:kan|lah)? \W+
        (?:\w+\W+){{0,2}}? (?:huruf|kata|tulisan|letters?|word)\b
    | {_START} (?:eja|balik|acak|encode|decode|enkripsi|spell|reverse|encrypt|scramble)(?:kan|lah)? \W+ {value}
    """


def _laid_bare() -> str:
    """What makes the bot answer as it does, asked for; and its agreement."""
    yours = r"(?:mu\b|\W+(?:kamu|anda|lo|lu|elu|kowe|bot)\b)"
    return rf"""
      \bsystem\W?prompt\b | \b(?:prompt|(?:instruksi|perintah)(?:\W+(?:rahasia|asli|awal|tersembunyi))?){yours}
    | \b(?:reveal|show|print|repeat|bocor\w*|tunjuk\w*|tampil\w*)\W+ {_FEW} prompt\b
    | ^\W*(?:{_CALLED}\W+)(?:pasti\W+)?(?:setuju|sependapat|sepakat|mengaku)\b
    | {_START} (?:ngaku|akui|mengaku|setuju)(?:\W+(?:aja|saja|lah|deh))? \W+ {_CALLED}\b
    """


def _completed() -> str:
    """Somebody's words to be carried on, filled up or copied: "lengkapi: loyal artinya ..."."""
    return rf"""
      {_START} (?:lengkapi|(?:lanjut|terus|sambung|isi|tiru)(?:kan|in)?|copas|copy|salin
        |complete|continue|finish) \W+ (?:\w+\W+){{0,3}}? (?:\w+\s*:|\w+\s*\.{{3,}})
    """


def _shaped() -> str:
    """How every reply has to begin, end or sound."""
    reply = r"(?:jawaban|balasan|jawab|balas|respon\w*|pesan)"
    return rf"""
      {_CLAUSE} (?:akhiri|awali|mulai|tutup|buka|selipkan|tambah(?:kan|in)?|kasih) \W+ (?:(?:tiap|setiap|semua)\W+)?
        {reply}(?:mu|\W+(?:kamu|lo|lu|anda)|nya)?\b
    | {_START} (?:tiap|setiap)(?:\W+kali)? \W+ (?:{_CALLED}\W+)? {reply}(?:mu)? \b
        (?!\W+(?:surat|aduan|warga|email|telepon|chat|wa)\b)
    | {_START} (?!.*\b{_PEOPLE}) (?:balas|bales|jawab)(?:lah|kan|in)? \W+ (?:(?:aja|saja|dong)\W+)?
        (?:pakai|pake|dengan|dalam) \W+ bahasa\b
    """


def _on_people() -> str:
    """Persons to be scolded, cursed or praised by the bot."""
    return rf"""
      {_START} (?:katain|hina|hinain|maki|makiin|kutuk|kutukin|sumpahin|roasting|ledek|ledekin|olok|bully|ejek|ejekin)\b
        [^?]{{1,80}}? \b(?:dong|donk|yuk|min|bot|plis|please)\W*$
    | {_START} (?:puji|doain|doakan|sanjung|rayu) \W+ (?:saya|aku|gue|gua|gw|ane|me)\b
    """
