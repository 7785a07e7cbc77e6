# ruff: noqa: RUF001  (letters of other scripts)
"""Rules of few words in other languages, and what only looks like one."""

import pytest

from spread.distill.rules import rules


@pytest.mark.parametrize(
    "said",
    [
        "usa pnpm en vez de npm porfa",
        "los tests van junto al código",
        "mensajes de commit cortos",
        "haz commits pequeños",
        "garde l'api stable",
        "niente jquery, solo js puro",
        "rispondi in italiano",
        "chiedimi prima di cancellare",
        "preferisco funzioni piccole",
        "nessuna libreria esterna",
        "odpowiadaj po polsku",
        "komentarze po angielsku",
        "pytaj przed usunięciem",
        "bez zewnętrznych bibliotek",
        "wolę małe funkcje",
        "używaj pnpm zamiast npm",
        "yeni bağımlılık ekleme",
        "api'yi değiştirme",
        "commitlemeden önce testleri çalıştır",
        "türkçe cevap ver",
        "npm yerine pnpm kullan",
        "her zaman küçük commitler at",
        "коммиты маленькие",
        "спрашивай перед удалением",
        "используй pnpm вместо npm",
        "никаких новых зависимостей",
        "предпочитаю маленькие функции",
        "npmではなくpnpmを使って",
        "小さいコミットにして",
        "削除する前に聞いて",
        "别自动提交，我自己来提交",
        "nur in src arbeiten",
        "vor dem löschen fragen",
        "frag nach wenn was unklar ist",
        "lieber einfach als clever",
        "neue dateien nur unter src/",
        "ich teste selber",
        "frag bei unklarheiten nach",
        "namen auf deutsch lassen",
        "demande si c'est pas clair",
        "vorher kurz bescheid geben",
        "erst der plan dann der code",
        "todo en typescript",
        "tout en typescript",
        "tutto in typescript",
        "wszystko w typescript",
        "her şey typescript olsun",
        "isimler ingilizce",
        "всё на typescript",
        "全部TypeScriptで",
        "名前は英語で",
        "não quebre a api",
        "no renombres los campos",
    ],
)
def test_few_words_set_a_rule(said: str) -> None:
    """It is told verbatim."""
    assert rules(said) == [said]


@pytest.mark.parametrize(
    "said",
    [
        "sin cambios",
        "sin suerte",
        "sem sorte",
        "ich teste gerade",
        "mai visto un errore così",
        "niente errori nei log",
        "nessun problema",
        "nie działa",
        "nie wiem dlaczego",
        "zawsze ten sam błąd",
        "nigdy tego nie widziałem",
        "bez zmian",
        "hep aynı hata",
        "her zaman hata veriyor",
        "всегда одна и та же ошибка",
        "никогда такого не видел",
        "без изменений",
        "никаких ошибок",
        "nie gesehen",
        "特别直接的办法",
        "todo en orden",
        "wszystko w porządku",
        "всё в порядке",
        "alles in ordnung",
    ],
)
def test_what_is_so_sets_none(said: str) -> None:
    """What was never seen, and what always fails, is a report."""
    assert rules(said) == []
