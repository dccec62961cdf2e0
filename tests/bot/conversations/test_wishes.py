"""Which words ask to be left alone, which may, which ask for more, and which speak of something else."""

import pytest

from bot.conversations.wishes import Wish, says_stop, wish_in

STOPS = """\
berhenti
stop
setop
unsubscribe
unsub
STOP!!!
Stooop
berhentii
berhentilah
Berhenti.
B E R H E N T I
S T O P
s.t.o.p
*BERHENTI*
𝗕𝗘𝗥𝗛𝗘𝗡𝗧𝗜
brenti
brhenti
berhnti
berhneti
berhenti mbak
berhenti bang
berhenti mas
berhenti ya bapak ibu
berhenti kakak
stop semuanya
stop semua
stop aja
stop min
tolong stop
mohon berhenti
minta stop
minta berhenti
saya minta berhenti
udah stop
udah, stop
sudah cukup, stop
cukup, jangan kirim lagi
jgn kirim lagi
jgn kirim2 lagi
jgn wa saya lg
jangan wa lagi
jangan chat saya lagi
jangan chat lagi ya
jgn hubungi sy lg
jangan hubungi nomor ini lagi
jangan ganggu
jangan ganggu saya
jgn ganggu lg dong
jangan spam
jangan nyepam lagi
jangan kirim apa2 lagi
jangan kirim pesan apapun lagi ke saya
jangan kirim pesan ke nomor saya
jangan kirimin saya pesan lagi
jgn kirimin wa lg
sy tidak mau terima pesan lagi
sy tdk mau terima wa lg
saya gak mau terima notif lagi
ga mau dikirimin lagi
gamau dikirimi lagi
gk mau dapet notif lg
tidak ingin menerima pesan ini lagi
saya tidak ingin lagi menerima pesan dari bot ini
gausah kirim lagi
gausah kirim pesan lagi
ga usah wa lagi
gak usah wa sy lagi
tdk usah kirim notifikasi lg
tidak perlu kirimi saya pesan lagi
tidak perlu mengirim pesan lagi
nggak usah dikirimi lagi
matikan notifikasi
matikan notif
tolong matikan notifikasinya
matiin notif dong
nonaktifkan notifikasi
non aktifkan notifikasi
nonaktifkan pengingat
batalkan langganan
batal langganan
batalkan langganan saya
berhenti langganan
berhenti berlangganan
saya mau berhenti berlangganan
saya berhenti langganan
stop langganan
hentikan langganan
hentikan
hentikan pengiriman
hentikan pengiriman pesan
hentikan semua kiriman
hentikan semua pesan ke nomor saya
tolong hentikan notifikasi
mohon dihentikan
mohon pengiriman pesan dihentikan
keluarkan nomor saya dari daftar kiriman
stop kirim wa
stop wa
stop notif
stop kirim2 pesan
stop kirimin saya wa
stop hubungi saya
stop ganggu saya
stop spam
berhenti kirim pesan
berhenti mengirim pesan ke saya
berhenti mengirimi saya pesan
berhenti mengirim notifikasi
berhenti ngirim wa
brenti ngirim pesan ke sy
brenti wa saya
tolong jangan kirim lagi ya bu 🙏
mohon maaf jangan kirim pesan lagi
maaf pak sy tdk mau dikirimi pesan lg, tks
mandheg
mandeg
ojo dikirimi maneh
ojo dikirimi meneh
ojo wa aku maneh
ojo ngirim maneh
aja dikirimi maneh
ora usah dikirimi maneh
ora usah ngirim maneh
mpun dikirimi malih
ampun dikirimi malih
tulung mandheg
kula mboten purun dikirimi malih
aku emoh dikirimi maneh
eureun
ulah ngirim deui
please stop
stop please
stop it
stop messaging me
stop texting me
stop sending me messages
stop sending messages
don't message me
don't send me messages
do not message me again
don't contact me
no more messages
no more messages please
unsubscribe me
unsubscribe please
opt out
opt-out
cancel subscription
turn off notifications
leave me alone
quit
saya sudah tidak bekerja di sini, berhenti
saya sudah pensiun, jangan kirim lagi
sudah pensiun, tolong stop
saya sudah pindah tugas, jangan kirim pesan lagi
saya sudah pindah dinas, tolong berhenti kirim pesan
saya tidak mau lagi dikirimi
saya mau berhenti
saya ingin berhenti menerima pesan
aku mau stop aja
aku pengen berhenti dapat pesan
males dapat pesan, stop
saya terganggu, stop
terganggu, tolong berhenti
mengganggu, stop
berisik, stop
tolong jangan ganggu saya lagi
jangan kirim pengingat lagi
stop pengingat
hentikan pengingat
matikan pengingat
tidak mau ringkasan lagi
saya tidak mau diganggu
jangan nge-wa lagi
saya bukan pegawai, jangan kirim pesan lagi
wa dari bot ini mengganggu, tolong hentikan
berenti dong
stop dong ah
udh stop aja
udah deh gausah kirim2 lagi
gausah WA2 lagi ya
jgn kirim2in saya pesan lg
jangan kirim notif lagi please
tolong jangan kirimi saya pengingat lagi pak
tolong stop pesan otomatisnya
stop pesan otomatis
matikan pesan otomatis
saya mau unsubscribe
mau unsubscribe dong
saya ndak mau dapat wa lagi
ndak usah dikirimi lagi
tak usah kirim lagi
tak perlu kirim lagi
nggak mau nerima pesan lagi
ga pengen dapet wa lagi
saya tdk bersedia menerima pesan
saya tidak bersedia dikirimi pesan
salah orang, jangan wa lagi
saya sudah resign, stop
saya udah pindah, stop wa
wis ojo ngirim pesen maneh
uwis cukup ojo dikirimi maneh
sampun mboten usah dikirimi malih
mandhego
stop stop stop
STOP STOP!!
berhenti berhenti
BERHENTI MENGIRIM PESAN KE NOMOR INI
TOLONG BERHENTI MENGIRIM PESAN
berhenti ngechat
berhenti spam
jangan spam saya
unsubcribe
un sub
notifnya matiin
notifikasinya tolong dimatikan
""".splitlines()

MAY_ASK = """\
tolong hapus nomor saya
hapus nomor saya dari daftar
keluarkan saya dari daftar
bisa stop?
bisa berhenti kirim pesan?
bisakah berhenti mengirimi saya pesan?
ulah dikirim deui
remove me
jangan diganggu
subscribe
ojo mandheg
hentikan siaran itu
batalkan siaran tadi
stop siaran
saya stop kirim wa
saya tidak mau lagi
Stop, capek dapat WA tiap pagi
saya sudah pindah ke kecamatan jadi jangan kirimi saya pesan lagi
tolong jangan kirim pesan lagi ke nomor ini karena sudah dipakai anak saya
saya sudah tidak di kantor itu, tolong hapus nomor saya dari daftar
ini nomor pribadi, jangan hubungi saya lagi
tolong hentikan kiriman ini, mengganggu sekali pagi-pagi
capek dapat notif terus
terlalu banyak pesan
kebanyakan notif
pesannya kebanyakan
pesannya mengganggu
terganggu dengan pesan ini
notifnya ganggu
bosan dapat pesan terus
males dapat pesan
saya keberatan dikirimi pesan
saya tidak setuju dikirimi pesan
saya tidak pernah daftar, jangan kirim pesan
bagaimana cara berhenti menerima pesan
cara stop notifikasi gimana
bagaimana supaya tidak dikirimi pesan lagi
bagaimana cara berhenti berlangganan
gimana cara matikan notif
apa bisa tidak dikirimi pesan lagi?
bisa gak jangan kirim pesan lagi?
kapan kalian berhenti kirim pesan ke saya
kenapa saya dikirimi pesan terus
jangan kirim pesan
jangan kirim wa
jangan kirim
jangan dikirimi
tidak berhenti
sudah berhenti
bot sudah berhenti
how do I stop these messages
how to unsubscribe
jangan kirim pesan pagi lagi
jangan kirim pembacaan lagi
stop kirim naskah apel
kenapa pesan berhenti
apakah notifikasi bisa dimatikan
pesan saya berhenti
notifikasi berhenti masuk
saya tidak mau berhenti
jangan berhenti
jgn berhenti
gak jadi berhenti
ga jadi stop
jangan stop
jangan stop dulu
tidak usah berhenti
jangan matikan notifikasi
jangan hentikan pengiriman
jangan batalkan langganan
jangan hapus nomor saya
batalkan siaran
hentikan pesan ini
tidak usah dikirim
sudah dikirim, tidak perlu lagi
saya tidak perlu kirim pesan lagi
saya tidak mau mengganggu
siaran jangan berhenti
saya mau dikirimi lagi
jangan kirim ke semua
jangan kirim dulu
jangan dikirim dulu
jangan dikirim
hentikan pesan otomatis ini
cara unsubscribe
keluar
keluar dari bot
saya mau keluar
hapus saya
blokir saya
jangan kirim pembacaan ke saya
saya menolak dikirimi pesan
saya tolak dikirimi pesan
saya cabut persetujuan
saya menarik persetujuan saya
cabut persetujuan saya
stop broadcast ke saya
jangan broadcast ke saya
hapus nomor ini
ini bukan nomor pegawai, tolong stop
salah nomor
salah sambung pak
aku sudah ora kerja neng kono, ojo wa maneh
pun cekap, ampun WA malih
stop ngirim
stop kirim
berhenti kirim2
spam
ini spam
mengganggu
ganggu banget
ganggu aja
berisik
tidak usah kirimin saya naskah
jangan kirimi saya naskah lagi
saya tidak perlu naskah lagi
naskah tidak usah dikirim ke saya lagi
WA nya jangan dikirim lagi
pesannya ga usah dikirim lagi
stop pesan pagi
stop pengingat sore
""".splitlines()

GOES_ON = """\
mulai
mulai lagi
mulaii
mulai dong
mulai mbak
saya mau mulai lagi
saya mau menerima pesan lagi
sy mau terima pesan lg
mulai kirim lagi
mulai kirim pesan lg
aktifkan notifikasi lagi
aktifkan lagi notifikasi
nyalakan notif lagi
hidupkan notif lg dong
mulai menerima pesan
saya ingin dikirimi pesan lagi
kirimi saya pesan lagi
tolong kirim pesan lagi ke saya
lanjutkan kiriman
lanjutkan pengiriman pesan
langganan lagi
berlangganan lagi
""".splitlines()

SPEAKS_OF_SOMETHING_ELSE = """\
dihentikan
sudah dihentikan
saya sudah stop kirim wa ke pelanggan
saya berhenti merokok
kapan saya harus berhenti memakai mobil dinas
kapan berhenti memakai mobil dinas
pelayanan jangan berhenti
pelayanan berhenti
pelayanan tidak boleh berhenti
layanan dihentikan sementara
jangan berhenti belajar
jangan berhenti melayani
berhenti merokok di kantor
stop pungli
stop korupsi
stop gratifikasi
hentikan korupsi
hentikan pungli di loket
lampu merah harus berhenti
jangan kirim pesan di luar jam kerja
jangan kirim berkas tanpa tanda tangan
jangan terima hadiah
saya tidak mau menerima gratifikasi
saya tidak mau terima hadiah dari warga
tidak mau menerima suap
jangan ganggu teman yang sedang bekerja
jangan ganggu orang yang sedang salat
jangan matikan telepon saat jam layanan
matikan lampu
matikan lampu sesudah bekerja
matikan AC sebelum pulang
matikan komputer
saya mematikan lampu kantor
batalkan
batalkan rapat
batalkan laporan saya
batalkan rapat besok
hapus laporan saya
hapus nomor rekening
apa itu berhenti
apa yang dimaksud stop
bagaimana cara berhenti
bagaimana cara berhenti merokok
apa saya boleh berhenti
bolehkah saya berhenti bekerja
kapan pesan dikirim
kenapa notifikasi tidak masuk
mengapa bot berhenti
siapa yang menghentikan siaran
WA tidak masuk
wa saya tidak masuk lagi
saya tidak menerima pesan
saya tidak dapat pesan
saya belum terima pesan
kenapa saya tidak dapat wa lagi
maaf mengganggu
maaf ganggu
maaf mengganggu, mau tanya
maaf sudah mengganggu
terima kasih
terima kasih pesannya
tidak mau, terima kasih
tidak usah
tidak perlu
jangan
tidak
cukup
sudah cukup
sudah
lagi
tidak ada lagi
pesan
wa
notifikasi
kirim
kirim lagi
kirim pesan lagi
saya mau pesan
saya mau kirim pesan
jangan lupa kirim pesan
jangan lupa kirim wa ke saya
jangan lupa wa saya lagi
jangan sampai berhenti
jangan lupa ganggu saya
jangan cuma kirim wa
pesan dari atasan jangan diabaikan
atasan tidak mau menerima pesan
teman saya tidak mau dihubungi
warga tidak mau dihubungi lagi
saya sudah menghentikan kebiasaan merokok
saya menghentikan pungli
saya melaporkan bahwa kegiatan dihentikan
rapat dihentikan karena hujan
apel dihentikan
berhenti di lampu merah
bus berhenti
mesin fotokopi berhenti
aplikasi berhenti
saya diminta berhenti
saya diberhentikan
pemberhentian pegawai
pemberhentian sementara
saya mengundurkan diri
pensiun
saya pensiun
kirimi saya pesan
tolong kirim lagi
tolong kirimi saya lagi
kirim wa ke saya
boleh wa saya
jangan kirim ke grup
tanpa henti
melayani tanpa henti
saya bantu warga sampai hujan berhenti
berhenti makan jam 12
""".splitlines()


@pytest.mark.parametrize("words", STOPS)
def test_who_asks_to_be_left_alone_is_heard_however_they_type_it(words):
    assert wish_in(words) is Wish.STOP


@pytest.mark.parametrize("words", MAY_ASK)
def test_what_may_ask_for_it_and_may_not_is_unclear(words):
    assert wish_in(words) is Wish.UNCLEAR


@pytest.mark.parametrize("words", GOES_ON)
def test_who_asks_for_more_is_heard(words):
    assert wish_in(words) is Wish.GO_ON


@pytest.mark.parametrize("words", SPEAKS_OF_SOMETHING_ELSE)
def test_what_speaks_of_something_else_is_no_wish(words):
    assert wish_in(words) is None


@pytest.mark.parametrize(
    "words", ["berhenti", "Berhenti mbak", "B E R H E N T I", "brhenti", "STOP semuanya", "unsubscribe", "tolong stop"]
)
def test_the_word_alone_stops_whatever_is_open(words):
    assert says_stop(words)


@pytest.mark.parametrize(
    "words",
    ["dihentikan", "mandek", "Hentikan", "berhenti merokok", "jangan berhenti", "terhenti", "stok", "sop", "", "🙏"],
)
def test_what_may_be_the_words_of_a_form_is_not_the_word_alone(words):
    assert not says_stop(words)


def test_a_text_longer_than_a_wish_is_none():
    assert wish_in("tolong jangan kirim pesan lagi " * 20) is None
