"""What is typed about our messages, made comparable: one word for all that mean the same, courtesies dropped.

Read are shorthand ("jgn kirim lg"), slips of the finger ("brhenti"), letters apart ("S T O P"), and Javanese, Sundanese
and English as people write them to be left alone ("ojo dikirimi maneh", "stop messaging me").
"""

import re
import unicodedata
from functools import lru_cache

from content.normalising import LONGEST_QUESTION, words
from content.spelling_guess import SpellingGuess

CLAUSE = ","  # stands for what ends a clause
_SAID_AS = {
    "berhenti": "berhenti brenti berenti brehenti",
    "stop": "stop setop stoop stopp optout quit",
    "stop langganan": "unsubscribe unsub unsubs unsubcribe unreg unregister",
    "mandheg": "mandheg mandhek mandeg mandhego leren eureun liren",
    "hentikan": "hentikan stopkan setopkan stopin",
    "dihentikan": "dihentikan distop disetop dimatikan dinonaktifkan dibatalkan",
    "matikan": "matikan matiin nonaktifkan nonaktif mute bisukan",
    "batalkan": "batalkan batalin batal membatalkan cancel",
    "tarik": "tarik ditarik tarikkan urungkan",
    "keluarkan": "keluarkan keluarin hapus hapuskan remove coret blokir",
    "aktifkan": "aktifkan aktifin nyalakan nyalain hidupkan hidupin",
    "lanjutkan": "lanjutkan lanjutin teruskan",
    "langganan": "langganan berlangganan subscription subscribe",
    "notif": "notif notifnya notifikasi notifikasinya notification notifications pengingat ringkasan reminders",
    "pesan": "pesan pesen messages pengiriman",
    "kiriman": "kiriman",
    "wa": "wa whatsapp telegram chat chats ngewa ngechat text texting message messaging",
    "pesan itu": "pesannya chatnya wanya kirimannya pengirimannya",
    "siaran": "siaran siarannya broadcast broadcastnya",
    "naskah": "naskah naskahnya pembacaan",
    "kirim": "kirim kirimi kirimin kirimkan mengirim mengirimi mengirimin mengirimkan mengirimnya kirimnya ngirim"
    " ngirimi ngirimin send sending",
    "dikirimi": "dikirimi dikirimin",
    "dikirim": "dikirim dikirimkan",
    "terima": "terima menerima nerima dapat dapet mendapat mendapatkan dapatkan receive receiving tampa nampa",
    "ganggu": "ganggu gangguin spam nyepam",
    "mengganggu": "mengganggu ngganggu",
    "hubungi": "hubungi menghubungi kontak contact",
    "diganggu": "diganggu dihubungi dispam",
    "tidak": "tidak ga gak ndak nda ndk kga kgk g",
    "tidak usah": "gausah gausa gakusah ngausah takusah",
    "tidak mau": "gamau gakmau ogah emoh moh embung",
    "jangan": "jangan ojo ulah dont jgnn jngan jangn ojok",
    "mau": "mau ingin pengin pengen pingin kepengen hendak butuh bersedia berkenan berminat sudi"
    " purun gelem hayang want",
    "usah": "usah perlu",
    "lagi": "lagi lg lgi lagih maneh meneh malih melih deui again anymore",
    "saya": "saya kami kula kulo me my abdi",
    "nomor": "nomor nomer no number",
    "ini": "ini itu tadi barusan terakhir these this that",
    "tolong": "tolong tlg tlong mohon mhn minta tulung harap dimohon",
    "malas": "malas males",
    "capek": "capek cape capai",
    "cukup": "cukup cekap enough",
    "pensiun": "pensiun resign",
    "cabut": "cabut mencabut menarik",
    "salah": "salah keliru",
    "menolak": "menolak tolak nolak",
    "apapun": "apapun",
    "": "pak bu bapak ibu mas mbak mba bang abang kak kakak dik om tante gan bos bro sis min admin mimin ya yaa yah"
    " dong donk deh dech lah sih lha ah eh oi saja aja wae ae juga sekali sangat nih lho loh segera langsung otomatis"
    " otomatisnya maaf maap mf sorry punten please pls plis thanks thank thx tks trims makasih mksh makasi suwun nuwun"
    " nuhun terimakasih permisi halo hai assalamualaikum dari ke kepada untuk di yang semua semuanya segala seluruh for"
    " from to the all your it you kalian kamu anda si kan oke ok",
}
_WORDS = {said: meant for meant, every in _SAID_AS.items() for said in every.split()}
_PHRASES = tuple(
    (re.compile(pattern), meant)
    for pattern, meant in (
        (r"\A\W*(?:selamat )?(?:pagi|siang|sore|malam)\b", " "),
        (r"\bhow (?:do i|can i|to)\b", "bagaimana"),
        (r"\bmula+i+\b", "mulai"),
        (r"s+e?t+o+p+(?![a-z])", "stop"),
        (r"\bnge-(?=\w)", "nge"),
        (r"\bstop ?kontak\b", "stopkontak"),
        (r"\bopt[ -]out\b", "stop"),
        (r"\bno more\b|\bun sub\b", "stop"),
        (r"(?<=[a-z])2(?=[a-z])", ""),  # "kirim2in"
        (r"\bma+f(?: sudah)? (?:meng)?ganggu\b", ","),
        (r"\bturn off\b|\bnon[ -]aktifkan\b", "matikan"),
        (r"\bdo not\b|\bdon.?t\b", "jangan"),
        (r"\bleave me alone\b", "jangan ganggu saya"),
        (r"\bany more\b", "lagi"),
        (r"\bapa ?pun\b|\bapa[- ]?2|\bapa[- ]apa\b", "apapun"),
        (r"\b(?:terima ?kasih|matur (?:nuwun|suwun)|hatur nuhun|thank you)\b(?: banyak)?", ","),
        (r"\bdari (?:nomor |no )?(?:bot|sini)\b(?: ini)?", " "),
        (r"\b(?:s?a)?mpun\b(?! mboten)(?=.*\bm[ae]lih\b)", "jangan"),  # Javanese; "sampun" alone is "sudah"
        (r"\A\W*aja\b(?=\W+\w)", "jangan"),  # Javanese: nobody begins with "aja" for "saja"
        (r"\bdari layanan (?:pesan |wa |bot )?ini\b|\bko+[kq]+\b", " "),
        (r"\b(?:mohon|minta|mhn) ma+(?:a?f|p)\b", ","),  # bids nothing
        (r"\bkurang (?=berkenan|berminat)", "tidak "),
        (r"\b(berhenti|stop|mulai)[ -]?kah\b", r"\1"),
        (r"\bsalah (?:nomor|sambung|orang)\b", "salahnomor"),
        (r"\b(?:nomor|nomer|no|number)(?: (?:wa|hp|telepon))? (?:saya|sy|ini|aku|kami)\b|\bmy number\b", "saya"),
    )
)
_LETTERS_APART = re.compile(r"(?<![a-z])(?:[a-z][ ._*-]+){3,}[a-z](?![a-z])")  # "S T O P"
_MISTYPED = SpellingGuess(
    ("berhenti", "hentikan", "langganan", "berlangganan", "unsubscribe", "notifikasi", "pengingat", "nonaktifkan")
)
_CLAUSE_ENDS = re.compile(r"[.,;:!?\n]+")
_SHORTEST_GUESSED = 6  # letters: of a shorter word too many are one letter away


@lru_cache(maxsize=64)
def plainly(text: str) -> str:
    """The words of a text, each followed by a blank, in the one spelling of each; CLAUSE between clauses.

    What is longer than LONGEST_QUESTION says more than a wish: of it nothing is read.
    """
    if len(text) > LONGEST_QUESTION:
        return ""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", text)).lower()
    plain = _LETTERS_APART.sub(lambda found: re.sub(r"[^a-z]", "", found[0]), plain)
    for pattern, meant in _PHRASES:
        plain = pattern.sub(meant, plain)
    clauses = (_clause(clause) for clause in _CLAUSE_ENDS.split(plain))
    return "".join(f"{word} " for word in f" {CLAUSE} ".join(clause for clause in clauses if clause).split())


def _clause(clause: str) -> str:
    said = (_WORDS.get(word, word) for word in re.findall(r"[a-z]+(?:-[a-z]+)*2?|\d+", clause))
    return " ".join(_meant(word) for word in words(" ".join(said)))


def _meant(word: str) -> str:
    bare = word.removesuffix("lah") if word.endswith("lah") else word
    for one in (word, bare):
        if one in _WORDS:
            return _WORDS[one]
    guessed = _MISTYPED.guess(word) if len(word) >= _SHORTEST_GUESSED else word
    return _WORDS.get(guessed, word) if guessed[0] == word[0] else word
