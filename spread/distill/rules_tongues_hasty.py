# ruff: noqa: RUF001  (the patterns hold letters of other scripts on purpose)
"""Rules of few words in other languages: habits, what comes first, and what something is to be without; and what only looks so.

They stand in the patterns of `rules_tongues`.
"""

from typing import Final

_BRIEF: Final = r"(?:pequeñ|peque\w|cort|breve|claro|clara|court|petit|brève|brèves|curt|brevi|piccol|descriptiv|atómic|atomiqu|atômic)\w*"

# Each with words of which one stands in all that is found.
PARTS: Final = (
    # Spanish, French and Portuguese.
    ((" van ", "commit", "funciones ", "fonctions ", "funções ", "funzioni "),
     r"^(?:los|las|el|la) (?:tests|pruebas|commits|estilos|tipos|textos|scripts|logs|mensajes|migraciones|comentarios|config\w*) van (?:junto|en|con|dentro|fuera|al?|sin) |"
     rf"^(?:haz|hacé|haga|usa|faz|faça|fais|faites|fai|prefiere )?(?: ?siempre| toujours| sempre)?(?: ?des| de| ?unos)? ?(?:commits?|(?:mensajes|mensagens|messages|messaggi) d[ei] commit|funciones|fonctions|funções|funzioni) (?:muy |très |muito |molto )?{_BRIEF}(?=[.,!;]|$)"),
    (("garde", " avant de ", " antes de ", "demande"),
     r"^demande(?:z)?(?:-moi)? (?:si|quand|en cas) |^gardez? l'|^(?:teste|testez|vérifie|vérifiez|relis|prueba|comprueba|verifica|testa|teste|roda|rode|lance)\b[^.;?]{0,25} (?:avant de|antes de) (?!partir\b|ayer|hier)\w+r\b"),
    (("todo en ", "todo con ", "tout en ", "tudo em ", "tutto in ", "alles in ", "alles mit ", "wszystko w ", "her şey "),
     r"^(?:y |et |e |und |i )?(?:todo (?:en|con)|tout en|tudo em|tutto in|alles (?:in|mit)|wszystko w) (?!ord\w+|pr\w{0,2}\b|prod\w*|ro[jtu]\w*|un[oa]?\b|el\b|la\b|le\b|den?\w?\b|blanc\w*|bianco|porządku|main\b|vano|allem|einem\b)[\w+#.-]+(?: [\w+#.-]+)?[.!]?$|"
     r"^her şey [\w+#.-]+ (?:olsun|ile)[.!]?$"),
    (("não ", "no "),
     r"(?:^|[,;:] ?|\b(?:favor|mas|pero|e|y) )(?:não (?:quebre|refatore|reformate|renomeie|mova|envie|publique|reescreva|atualize|duplique|comite|mescle)|no (?:refactorices|renombres|muevas|reescribas|publiques|actualices|dupliques|comitees|mezcles|reformatees|inventes))\b"),
    # Italian.
    (("rispond", "scrivi ", "chiedi", "preferisco ", "nessun", "senza ", "evita ", "chiedimi"),
     r"^(?:rispondi|rispondimi|scrivi|rispondete)(?: sempre)? in \w+o?[.!]?$|\bchiedi(?:mi)? (?:prima|sempre|conferma)\b|^preferisco (?!vedere|aspettare|la\b|il\b|lo\b|quell\w+|quest\w+)\w+ \w+|"
     r"^(?:nessun[oa]?|senza) (?!problem\w|error\w|idea|risultat\w|effett\w|rispost\w|dubbi\w|success\w|motiv\w|modifich?[ae][.!]?$|fretta|l[oa']|il\b|quest\w|il\b)\w+(?: \w+){0,3}[.!]?$|^(?:e |ma )?evita \w"),
    # Polish.
    (("odpowiadaj", "pisz ", "pytaj", "zapytaj", "po polsku", "po angielsku", "bez ", "wolę ", "preferuj", "unikaj", "trzymaj ", "żadnych ", "przed każd", "po każd", "tylko "),
     r"^(?:odpowiadaj|odpisuj|pisz)\b|^(?:komentarze|commity|komunikaty|nazwy|testy|dokumentacja|opisy|zmienne|wiadomości)\b.{0,20}\bpo (?:polsku|angielsku)\b|\b(?:za)?pytaj (?:mnie |zawsze |najpierw )*(?:przed|zanim|o|kiedy|jeśli)\b|"
     r"^bez (?!zmian[.!]?$|problem|błęd|sensu|efekt|skutk|różnic|tego|tej|niego|niej)\w+(?: \w+){0,3}[.!]?$|^(?:wolę|preferuję) (?!zobaczyć|poczekać|t[eęo]\b)\w+ \w+|^(?:i |ale )?unikaj \w|\btrzymaj się\b|^żadnych (?!błęd|zmian[.!]?$|problem|wynik)\w+|\b(?:przed|po) każd\w+ \w+|^używaj tylko\b"),
    # Turkish.
    (("ekleme", "değiştirme", "kullanma", "silme", "dokunma", "yapma", "yazma", "oluşturma", "kaldırma", "kurma", "taşıma", "bozma", "gönderme", "push", "commit", "dokunulma", "elleme", "güncelleme", "birleştirme"),
     r"(?:ekle|değiştir|kullan|sil|dokun|yap|yaz|oluştur|kaldır|kur|taşı|boz|gönder|push\w*|commit\w*|dokunul|elle|güncelle|birleştir)m[ae](?:yin|yın|yelim|yalım)?[.!]?$"),
    ((" önce ", "sormadan", "izinsiz", "onaysız", "haber vermeden"),
     r"\w{2,}m[ae]d[ae]n önce (?:\S+ ){0,4}(?:sor|çalıştır|göster|kontrol et|onay al|test et|bak|oku|haber ver|söyle)(?:un|ın|in|sun)?[.!]?$|\b(?:sormadan|izinsiz|onaysız|haber vermeden) (?:\S+ ){0,5}\w+m[ae](?:yin|yın)?[.!]?$"),
    (("türkçe", "ingilizce", "almanca", "turkce"),
     r"^(?:isimler|yorumlar|commitler|(?:commit )?mesajlar[ıi]?|testler|loglar|değişkenler) (?:hep |her zaman )?(?:türkçe|ingilizce)\b|\b(?:türkçe|turkce|ingilizce|almanca) (?:cevap|yanıt|yaz|konuş|olsun|olmalı|olacak)"),
    (("her zaman", "hiçbir zaman", "daima", "mutlaka", "kesinlikle", "bundan böyle", "sadece ", "yalnızca "),
     r"^(?!.*(?:\w+[ıiuü]yor|hata ver\w*|\b\w+[dt][ıiuü])[.!?]?$).*\b(?:her zaman|hiçbir zaman|daima|mutlaka|kesinlikle|bundan böyle)\b|\b(?:sadece|yalnızca) .{2,40}(?:kullan|değiştir|düzenle|dokun|çalış)(?:ın|in|un|ün)?[.!]?$"),
    # German.
    (("vor ", "vorm ", "nur ", "frag", "lieber ", "rückfrage", "vorher ", "erst ", " selb", " lassen"),
     r"^ich (?:teste|committe|pushe|merge|deploye|reviewe|mache das) selb(?:er|st)[.!]?$|\bauf (?:deutsch|englisch) lassen\b|^(?:bitte )?frage? bei (?:unklarheit|zweifel|problem|frage)\w*|^(?:bitte )?vorher (?:kurz |immer |mir |bitte )*(?:bescheid|fragen|zeigen|abstimmen|absprechen|rückfragen)\b|^(?:immer )?erst (?:der |die |das |ein )?\w+,? dann (?:der |die |das |erst )?\w+[.!]?$|^(?:neue |alle )\w+ nur (?:unter|in|über|per|mit) [\w./-]+[.!]?$|"
     r"^vor(?:m| dem| der)? \w+(?:en|ern|eln|commit|push|merge|release|deploy) (?:immer |erst |mich |bitte |kurz )*(?:fragen|nachfragen|testen|bescheid|zeigen|prüfen|rückfrag\w*)\b|^(?:bitte )?nur (?:in|im|unter|an) [\w./-]+ (?:arbeiten|ändern|schreiben|anfassen|bauen|entwickeln)\b|"
     r"\bfrage? (?:nach|lieber(?: nach)?|bitte|immer|zurück|mich)?,? ?(?:wenn|bevor|falls)\b|^(?:bitte )?lieber (?!nicht\b|so\b|die\b|das\b|den\b)\w+ als \w+[.!]?$"),
)  # fmt: skip
# In other scripts.
FAR: Final = (
    r"^(?:и |но |пожалуйста,? )?(?:спрашивай|уточняй|согласовывай)(?:те)? |\bиспользуй(?:те)? [^.;?]{1,30} вместо\b|^никаких (?!ошиб|изменени[йя][.!]?$|результат|проблем|идей|лог)\w+|^предпочитаю (?!подожд|посмотр)\w+|"
    r"^(?:коммиты|функции|ответы|сообщения|методы|пиары|шаги) (?:только )?(?:маленькие|короткие|краткие|мелкие|небольшие|атомарные)\b|"
    r"^вс[её] (?:на|в) (?!мест|поряд|норм|прод|одн|сам)[\w+#.]+[.!]?$|^(?:名前|全部|すべて|ログ|テスト|型)[はもを]?(?:英語|日本語|[a-z+#]{2,})で[。]?$|ではなく[^。]{1,25}(?:使|書いて|実行|管理)|(?:コミット|変更|PR|pr|関数|返事|返答|差分)[^。]{0,4}(?:小さく|短く|細かく)|小さ[いな](?:コミット|変更|PR)|前に(?:は)?(?:必ず|まず|一度)?(?:聞いて|確認して|相談して|見せて|声をかけて|許可)"
)
# What is so or was so.
UNSAID: Final = (
    r"\b(?:nadal|dalej|wciąż|ciągle|jeszcze) nie \w+.*|\bnie \w{2,}(?:uje|ują|ieje|ieją)\b.*|"
    r"\bnie (?:działa|przechodz|kompiluj|buduj|ładuj|otwiera|pokazuj|zapisuj|wysyła|wyświetla|pojawia|aktualizuj|reaguj|odpowiada|zgadza|uruchamia|kończy|odświeża)\w*.*|"
    r"^nie (?:działa|wiem|mam|ma|rozumiem|jest|był|widz|widać|chce|mog|może|pamięta|kompiluj|buduj|przechodz|znam|trzeba|szkodzi|ważne|teraz|ładuj|otwiera|pokazuj|ge\w+(?:en|t)[.!]?$)\w*.*|\bzawsze (?:ten|ta|to|te) sam\w*.*|\bnigdy (?:\w+ )?nie \w+(?:łem|łam|ł|ła|ło|liśmy)\b|"
    r"никогда (?:[а-яё]+ )?не [а-яё]+(?:л|ла|ли|ло)\b(?:\s|[.!]|$)|всегда (?:одн\w+|то же|та же|тот же)\b.*|^без изменений[.!]?$|^(?:sin cambios|sin suerte|sem sorte|senza fortuna)[.!]?$|\bmai (?:vist|sentit|success|provat|avut|stat)\w+|\bhep aynı\b.*|\bher zaman aynı\b.*"
)
