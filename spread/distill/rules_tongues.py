# ruff: noqa: RUF001  (the patterns hold punctuation of other scripts on purpose)
"""What a sentence that sets a rule says in some other languages, in plain forms; and what only looks so."""

import re
from typing import Final

from spread.distill import rules_held
from spread.distill import rules_tongues_hasty as hasty
from spread.distill.hinted import Hinted

# Each with words of which one stands in all that is found.
PARTS: Final = (
    # In which tongue to answer.
    ((" anglais", " deutsch", " englisch", " español", " français", " inglese", " inglés", " inglês", " italiano", " português"),
     r"(?:kommentar|coment|comment|commit|mensaje|mensage|message|nom|nombre|respuesta|resposta|réponse|variab|dok|doc|código|code|test)\w* (?:[\w.]+ ){0,3}(?:en|em|auf|in) (?:inglés|español|inglês|português|anglais|français|englisch|"
     r"deutsch|italiano|inglese)\b"),
    ((" español", " inglés", "auf ", "escreva ", "responda ", "répondez ", "réponds ", "écris ", "écrivez "),
     r"^(?:bitte )?(?:antworte|antworten sie|schreib|schreibe) (?:\w+ ){0,3}auf \w+|^(?:réponds|répondez|écris|écrivez) (?:\w+ ){0,3}en \w+|^(?:responde|contesta|escribe) (?:\w+ ){0,3}en (?:español|inglés)|^(?:responda|"
     r"escreva) (?:\w+ ){0,3}em \w+"),
    ((" deutsch", " englisch", "english", "français", "anglais", "español", "inglés", "português", "inglês", "italiano", "inglese"),
     r"^(?:(?:und |y |et |e |and )?(?:alles|everything|todo|tudo|tout|immer|siempre|sempre|toujours) )?(?:auf|in|en|em) (?:deutsch|englisch|english|français|anglais|español|inglés|português|inglês|italiano|inglese)(?:[.,!;]| bitte|$)|"
     r"^(?:(?:les|los|as|os|alle) )?(?:textes|textos|texte|labels?|etiquetas|rótulos|strings) (?:en|em|auf|in) (?:deutsch|englisch|français|anglais|español|inglés|português|inglês)"),
    # What holds all over, who does what, how one is spoken to.
    (("überall", "durchgehend", "einheitlich", "partout", "en todas partes", "em todo lugar"),
     r"(?!.*\b(?:ist|sind|war|waren|fehlt|fehlen|kommt|kommen|est|sont|son|hay|está|están|il y a|noch|encore|todavía)\b)(?:^|[,;:] )(?!fehler|errores|erreurs|bugs?\b|probleme|alles\b)[\w-]+(?: [\w-]+){0,3} (?:überall|durchgehend|einheitlich|partout|en todas partes|em todo lugar)\b|"
     r"^(?:durchgehend|einheitlich|überall|partout) (?:mit|auf|als|in|ohne|en|avec|les?) \w"),
    (("interdi", "défense ", "prohib", "proib", "verbot"), r"^(?:interdiction|défense|prohibición|prohibido|proibido|proibição) (?:formelle |absolue |total )?(?:de |d'|d\u2019)?\w|^verboten (?:ist|sind)\b"),
    (("d'abord", "zuerst", "primero", "primeiro", "first"),
     r"^(?:les |los |as |os |die |el |la |l')?(?:accessibilité|mobile|móvil|sécurité|seguridad|sicherheit|tests?|pruebas|testes|plan|barrierefreiheit|datenschutz|qualité|lisibilité) (?:d'abord|zuerst|primero|primeiro|first)\b(?! (?:laufen|ausführ))"),
    ((" par ", " por ", " pro ", " je "), r"^(?:y |et |und |e )?(?:une?|una?|um|uma|eine?n?) (?:seule? |solo |sola |só |einzige[rnsm]? )?(?:pr|commit|branche?|rama|test|classe|clase|klasse|fichier|archivo|datei|fonction|función|funktion|merge request|mr)s? (?:par|por|pro|je) \w"),
    (("solo la", "sólo la", "solo el", "on ", "seulement la", "uniquement la", "nur die"),
     r"^(?:solo|sólo|solamente|seulement|uniquement|nur) (?:la|el|die) (?:librería|biblioteca|bibliothèque|standardbibliothek|api)\b|^on (?!a\b|est\b|voit|obtient)[\w']+ (?:les |le |la )?(?:tests?|plan|specs?|doc\w*) d'abord\b"),
    (("un seul ", "une seule ", "un solo ", "una sola ", "nur ein", "ein einzig", "eine einzig"), r"^(?:un seul|une seule|un solo|una sola|nur eine?n?|eine? einzige[rsn]?) [\w-]+ (?:par|por|pro|je) \w"),
    (("siez", "duz", "tutoi", "vouvoi", "trátame", "trata ", "tráta"), r"^(?:wir|bitte) (?:siezen|duzen)\b|\b(?:tu me|on se|vous me|on) (?:tutoi|vouvo)\w+|\btr[áa]ta(?:me| al? \w+| a los \w+)? de (?:tú|usted|vos)\b"),
    (("nutzen ", "benutzen ", "verwenden ", "nehmen ", "usamos ", "utilise ", "utilizamos "),
     r"^(?:wir (?:nutzen|benutzen|verwenden|nehmen)|(?:nosotros )?(?:usamos|utilizamos)|nous utilisons|on utilise|nós usamos) (?!das\b|die\b|den\b|es\b|lo\b|la\b|el\b|le\b|les\b|ça\b|une?\b|eine?\b)[\w.+#@/-]+(?: [\w.+#@/-]+)?[.!]?$"),
    (("einrückung", "indentation", "sangría", "indentación", "indentação"), r"^(?:einrückung|indentation|sangría|indentación|indentação)(?:en)?:? (?:mit|avec|con|com|par|in|à) \w"),
    ((" bitte", " por favor", " s'il", " svp", " stp", " please"), r"^(?:auf |en |in |em )?(?:deutsch|englisch|français|anglais|español|inglés|português|inglês|italiano),? (?:bitte|por favor|s'il|svp|stp|please)"),
    ((", toujours", ", siempre", ", immer", ", sempre", ", jamais ", ", nunca ", ", nie "),
     r"(?!.*\b(?:je|j'|yo|ich|mir|encore|noch|erreur|error|fehler|plant\w*|falla\w*|fällt)\b)^[^,.;?]{4,60}, (?:(?:toujours|siempre|immer|sempre)[.!]?$|(?:jamais|nunca|nie|niemals) (?:le|la|les|de|d'|en|los|las|el|por|am|auf|in|mit|excepciones|exceptions|ausnahmen)\b)"),
    # Things of the work, and what is always so.
    ((" englisch", " deutsch", " français", " anglais", " español", " inglés"),
     r"^(?:die |les |los |las )?[\w-]+ (?:nur |sind |immer |toujours |siempre )?(?:auf |en )?(?:englisch|deutsch|français|anglais|español|inglés)(?:[.!]?$|, \w+ (?:auf |en )?(?:englisch|deutsch|français|anglais|español|inglés))"),
    (("nirgends", "grundsätzlich", "nulle part", "en ningún"), r"(?!.*\b(?:finde|gefunden|trouve|encuentro)\w*\b)^(?!es\b|das\b|ich\b)[\w-]+ (?:werden|wird|stehen|kommen|bleiben|sind) (?:[\w-]+ )?(?:nirgends|grundsätzlich)\b|\b(?:nulle part|en ningún (?:sitio|lugar|lado))[.!]?$"),
    (("s en ", "s avec ", "s con ", "s sans ", "s sin ", "en mit ", "n in ", "r in ", "r mit ", "n als ", "r als ", "s als ", "s mit "),
     r"(?!.*\b(?:ne|pas|no|nicht|est|sont|es|son|ist|sind|hat|war|geht|falla\w*|fehler|erreurs?|errores|problèmes?|problemas?|encore|todavía|noch|je|ich|yo|bug\w*|plante\w*)\b)^(?:les |los |las |die )?(?!mes\b|tes\b|ses\b|ces\b|nos\b|vos\b|dans\b|mets\b|fais\b|pues\b|más\b|des\b|los\b|las\b|les\b|unos\b|unas\b|après\b|plus\b|alors\b|puis\b)"
     r"(?:[\w-]{3,}s (?:en|avec|con|sans|sin)|[\w-]{3,}(?:n|r|s) (?:in|mit|als)) (?!le\b|la\b|les\b|el\b|los\b|las\b|l'|un\b|une\b|una\b|ce\b|cette\b|mon\b|ma\b|mi\b|der\b|die\b|das\b|dem\b|den\b|ein\w*\b|prod\w*\b|\d)[\w.-]+(?:(?=[.!]?$)|,)"),
    ((", nie ", ", jamais ", ", nunca ", ", niemals "), r"^(?!.*\b(?:ist|war|geht|läuft|est|va|marche|es|está|fue|ich|je|yo)\b)[^\s,]{4,}(?: [^\s,]+){0,2}, (?:nie|niemals|jamais|nunca) (?!wieder|mehr|plus|más|so\b|vu\b)[\w-]+[.!]?$"),
    (("a partir de hoy", "à partir d'aujourd", "ab heute", "frases cortas", "phrases courtes", "kurze sätze"), r"\b(?:a partir de hoy|à partir d'aujourd'hui|ab heute)\b|^(?:frases cortas|phrases courtes|kurze sätze)\b"),
    ((", jamais ", ", nunca ", ", nie ", ", niemals "),
     r"(?!.*\b(?:je|j'|yo|ich|mir|es|ça|est|fue|war|hat|a été|noch|encore)\b)^[^,.;?]{4,60}, (?:jamais|nunca|nie|niemals) (?:dans|sur|à|aux?|avec|par|a|al|con|sin|en|de|auf|im?|mit|nach|an|über) [\w.-]+(?: [\w.-]+)?[.!]?$"),
    (("bevor ", "avant d", "antes de "),
     r"^(?:bitte )?(?:sag|zeig|frag|gib|melde?)\w*(?: (?:mir|uns|mich|dich))?(?: bescheid)?, (?:bevor|ehe) du\b|^bevor du [^,]{2,60}, (?:frag|sag|zeig|melde?)\w*|^(?:demande|préviens|montre|dis)[\w-]* (?:moi )?avant (?:de |d')\w|^(?:pregunta|avisa|muestra|enseña|dime)\w* antes de \w"),
    (("nichts ", "ningun", "ningún", "aucun", "toujours ", "siempre ", "immer "),
     r"^nichts (?:direkt )?(?:auf|nach|in) (?:main|master|prod\w*|git|develop)\b|^(?:ningún|ninguna) (?:commit|push|cambio|dependencia|fichero|archivo|despliegue|test|función|merge|librería)\w* |^(?:toujours (?:en|avec|sans|dans|par)|siempre (?:en|con|sin|por)|immer (?:auf|mit|in|ohne|per)) (?!retard|erreur|error|panne|problème|problemas?|el mismo|la misma|le même|la même|fehler)\w+(?: \w+){0,4}[.!]?$"),
    (("gehör", "bleib", " reste", " queda", " van ", " vont ", "jeder ", "jede "),
     r"^[\w-]+(?: [\w-]+)? gehör(?:t|en) (?:in|nach|unter|zu) \w|^(?:der |die |das )?[\w-]+ bleib(?:t|en) (?:ohne|bei|unter|klein|schlank|stabil|offline|auf)\b|^(?:le |la |les )?[\w-]+ reste(?:nt)? (?:sans|en|sous|petite?s?|simples?|stables?)\b(?! (?:effet|réponse|panne))|"
     r"^(?:el |la |los |las )?[\w-]+ quedan? (?:sin|en|fuera)\b|^(?:los |las |el |la )?[\w-]+ van? (?:en|a) (?:el |la )?\w+[.!]?$|^jede[rs]? (?:commit|pr|test|branch|funktion|klasse|datei|migration|endpunkt|komponente) (?:muss|soll|darf)\b"),
    (("tests", "pruebas", "fehler", "errores", "erreurs", "beträge", "importes", "montants", "datum", "dates", "fechas", "zeiten", "logs", "texte", "textes", "textos", "namen", "noms", "nombres", "ids", "preise", "prix", "precios", "migration",
      "commits", "kommentare", "funktionen", "klassen", "secrets", "geheimnisse", "einheiten", "zahlen", "dokumentation", "documentation", "documentación", "code", "código", "commentaires", "comentarios", "unités", "unidades", "überschriften", "titres", "títulos"),
     r"(?!.*\b(?:nicht|noch|wieder|jetzt|falsch|kaputt|fehlt|fehlen|leer|zu|pas|encore|plus|faux|fausses?|vides?|manquent?|no|todavía|aún|mal|vacíos?|faltan?|ya|ce|cette|este|esta)\b)"
     r"^(?:alle |unsere |les |los |las |la |le |tous les |todos los |todas las )?(?:zahlen|dokumentation|documentation|documentación|code|código|kommentare|commentaires|comentarios|[\w-]*tests|pruebas|fehler|errores|erreurs|beträge|importes|montants|datumsangaben|dates|fechas|zeiten|logs|texte|textes|textos|[\w-]*namen|noms|nombres|ids|preise|prix|precios|migration\w*|"
     r"commits|kommentare|funktionen|klassen|secrets|geheimnisse|einheiten|unités|unidades|überschriften|titres|títulos)(?: (?:de|der|des|del) \w+)? "
     r"(?:(?:sind|bleiben|stehen|liegen|laufen|kommen|gehören|gehen|werden|sont|restent|vont|viennent|tournent|son|van|vienen|están|corren) (?:immer |nur |nie(?:mals)? |toujours |jamais |siempre |nunca |solo )?(?:in|auf|als|aus|mit|ohne|nach|en|à|des|dans|sans|sin|con|por|de|offline|werte|valores|valeurs|verschluckt|gemockt|übersetzt)\b|"
     r"(?:immer |toujours |siempre )?(?:in|auf|als|mit|ohne|en|avec|sans|con|sin) (?!der\b|die\b|das\b|den\b|dem\b|le\b|la\b|les\b|el\b|los\b|las\b|prod\b|produktion\b|errore?s?\b|fehlern?\b|erreurs?\b)\w+[.!]?$)"),
    (("jede", "chaque ", "cada ", "ogni "),
     r"^(?:jede[rsn]?|chaque|cada|ogni) (?:funktion|klasse|methode|datei|migration|endpunkt|komponente|modul|commit|pr|fonction|classe|méthode|fichier|composant|module|endpoint|función|clase|método|archivo|componente|módulo|funzione|file) (?:bekommt|hat|braucht|kriegt|a|doit|reçoit|con|tiene|lleva|avec|mit|ha)\b(?! (?:fehler|erreur|error))"),
    ((" ich", "c'est moi", "moi-même", " hago yo", " hago yo", "niemand außer", "personne sauf", "nadie salvo", "sans moi", "ohne mich", "sin mí"),
     r"^(?:committen|pushen|mergen|deployen|testen|reviewen|releasen|veröffentlichen|löschen) (?:tu|tue|mach|mache|werde) ich\b|^c'est moi qui (?!ai\b|avai)\w+|^je (?:fais|gère|m'occupe) .{2,30} moi-même\b|\b(?:lo|los|la|las) hago yo\b|\b(?:niemand außer|personne sauf|nadie salvo|sans moi|ohne mich|sin mí)\b"),
    (("antworte", "réponds", "responde", "will ", "no se ", " wird ", "bei uns ", "este proyecto", "ce projet", "diesem projekt"),
     r"^(?:bitte )?antworte(?:n sie)? (?:mir )?(?:kurz|knapp|einfach|nur)\b|^(?:réponds|répondez) (?:brièvement|court|simplement)|^responde (?:breve|corto|simple)|^ich will (?:hier )?(?:nur |immer )?(?:kleine|kurze|saubere|einfache|lesbare) \w+|^no se (?:toca|cambia|borra|usa|modifica|sube|despliega)n?\b|"
     r"^(?:montags|dienstags|mittwochs|donnerstags|freitags|am wochenende) wird (?:nicht|nie|nur)\b|^bei uns wird (?!das|es|gerade|noch)[\w-]+(?: \w+){0,2}[.!]?$|^(?:en este proyecto|dans ce projet|in diesem projekt) (?:se |on |wir |nous )?(?:usa\w*|utilis\w+|écri\w+|escrib\w+|nutzen|verwenden|schreiben)\b"),
    (("nur ", " nur"), r"^nur (?:mit|über|per|nach) (?!dem\b|der\b|den\b|diesem|dieser)\w+(?: \w+){0,2}[.!]?$|\bnur (?:montags|dienstags|mittwochs|donnerstags|freitags|am wochenende|über (?:ci|prs?|main))\b"),
    # Without.
    (("ohne ", "sans ", "sin ", "sem "),
     r"(?:^|, |^(?:code|código|commits|tests|testes) )(?:ohne|sans|sin|sem) (?!problem|frage|fehler|erfolg|ergebnis|grund|effekt|erreurs?\b|problèmes?|succès|résultat|raison|doute|errores|problemas?|éxito|le\b|la\b|les\b|l'|den\b|die\b|das\b|der\b|el\b|los\b|las\b|o\b|a\b|resultados?|duda|embargo|prisa|erros?\b|sucesso|dúvida)[\w-]+(?: [\w-]+){0,3}[.!]?$"),
    (("avise", "avísame", "préviens", "préven", "bescheid"),
     r"\b(?:me avise|avise-me|avísame|préviens-moi|prévenez-moi|bescheid)\b.{0,20}\b(?:antes|avant|bevor|vorher)\b"),
    # One thing for another, and what there is to be nothing of.
    ((" en vez de ", " en lugar de ", " em vez de ", " invece di ", " al posto di ", " au lieu d", " plutôt qu", " statt ", " anstatt ", " anstelle von ", " zamiast "),
     r"(?:^|[,;:] ?|\b(?:favor|porfa|bitte|stp|svp|et|y|und|e|aber|pero|mais|ma|ok|siempre|sempre|toujours|immer) )(?:us[aeo]|usar|utili[sz][ae]z?|usiamo|nimm|nutze?|verwende?|benutze?|prends|prenez|używaj|używamy|usamos) "
     r"(?!el\b|la\b|los\b|las\b|le\b|les\b|l'|der\b|die\b|das\b|den\b|il\b|lo\b|gli\b|o\b|a\b|os\b|as\b|un\w*\b|ein\w*\b|est\w+\b|es[eo]\b|ce\b|cette\b)[^,.;?]{1,30} "
     r"(?:en vez de|en lugar de|em vez de|invece di|al posto di|au lieu d[e']|plutôt qu[e']|statt|anstatt|anstelle von|zamiast) ?[\w.+#@/-]+"),
    ((" yerine ",), r"^(?:lütfen )?[\w.+#@/-]+ yerine [\w.+#@/-]+ kullan(?:[.!]?$|ın|alım|ıyoruz)"),
    (("niente ",),
     r"(?:^|[,;:] |\b(?:ma|e|anche) )niente (?!di\b|da\b|male\b|paura|problem|panico|affatto|funziona|è\b|ha\b|più\b|altro\b|ne[li]\w*\b|in\b|su\w*\b|che\b|err\w+|output|risultat\w*|è|succede|cambia\b)[a-z][\w.+#-]+(?: (?:in|nei|nel|nella|per|senza) [\w.-]+| [\w.+#-]+)?(?=[.,!;]|$)"),
    # German.
    ((" wir ", " man "), r"^(?!das\b|es\b|was\b|wie\b|wo\b|wann\b|warum\b|wieso\b|jetzt\b|leider\b|hier\b)[\w-]+(?: [\w-]+)? (?!haben|hatten|sehen|bekommen|kriegen|sind|waren|werden|können|müssen)[a-zäöü]{3,}en (?:wir|man) (?:hier )?(?:immer|nie|niemals|nur|stets|grundsätzlich|ausschließlich) (?!noch|wieder|mehr)\w"),
    (("gib ", "nimm ", "mach", "schreib", "benutz", "sag", "zeig", "erklär", "lös", "verwend"), r"^(?:bitte |und |aber |also )*(?:gib|nimm|mache?|schreibe?|benutze?|sage?|zeige?|erkläre?|löse?|verwende?) (?:mir |uns |hier |dabei )?(?:bitte )?(?:nie|niemals|immer|stets|grundsätzlich|ausschließlich) (?!noch|wieder|mehr)\w"),
    (("nur ", "nicht "), r"^[\w-]+(?: [\w-]+)? nur (?:ab)?(?:schreiben|lesen|ansehen|vorbereiten|anlegen|planen|prüfen)(?:[.!]?$|, nicht )|(?:^|, )(?:bitte )?nicht (?:selbst |direkt )?(?:ausführen|starten|committen|pushen|deployen|mergen|löschen|anfassen|ändern|einspielen|veröffentlichen|installieren)(?:[.,!]|$)"),
    (("nicht ",), r"^(?:bitte |und |aber |ok,? |gut,? )*noch nichts? (?!ge\w+en\b|vor\w+|er\w+en\b|bekannt)[a-zäöü]{2,}(?:en|ern|eln)[.!]?$"),
    (("lassen",), r"^(?:bitte )?(?:alles|alle \w+) (?!kann|könn|wird|hat|soll).{0,30}\blassen[.!]?$"),
    (("cada ", "chaque ", "jede"),
     r"^(?:por favor |bitte )?(?:explica\w*|explícame|explique\w*|erkläre?)(?:-moi| mir)? (?:cada|chaque|jede[nsr]?) \w+"),
    (("menos de ", "moins d", "weniger als ", "unter "),
     r"^(?:en |in )?(?:menos de|moins d['e] ?|weniger als|unter) (?:\d+|um?a?|uno|une?|einer?) (?:segundos?|minutos?|secondes?|minutes?|sekunden?|minuten?|ms)(?: bitte| por favor| stp| svp)?[.!]?$"),
    ((" pur", "reines "), r"^(?:php|javascript|js|css|html|python|java) pur[oe]?\b|^reines (?:php|javascript|js|css|html|python|java)\b"),
    (("duze", "sieze", "tutoie", "tutéame"), r"\b(?:duze|sieze|tutoie|tutéame)\b"),
    (("muss ", "selbst", "selber"),
     r"^(?:[\w-]+ ){0,3}muss (?:auch )?(?:ohne|mit|auf|unter) .{2,40}\b(?:gehen|laufen|funktionieren|klappen)\b|\bich (?:mache|committe|pushe|teste|deploye|merge|übernehme) .{2,40} selb(?:st|er)\b"),
    (("aber ", "immer ", "nie ", "niemals ", "wir "),
     r"(?:^|[,;:] ?|\b(?:bitte|und|aber) )(?:immer|nie|niemals) (?!noch|wieder|mehr|d(?:er|ie|as) gleiche|dasselbe|dieselbe|ein)\w|^(?!ich|du|er|sie|es|wir|ihr|das|der|die|man|warum|wieso|noch|hat|ist|war)(?:[\w-]+ ){1,3}(?:immer|nie|"
     r"niemals) (?!noch|wieder|mehr|der|die|das|ein)\w|\bwir \w+ (?:immer|nie|niemals)\b"),
    ((" selber", " selbst", "committe "),
     r"\b(?:mache|mach|committe|pushe|teste) ich selb(?:st|er)\b"),
    ((" benutzen ", " deutsch", " englisch", " hier ", " lesen", " möchte ", " nachdem ", " nehmen ", " nun ", " nutzen ", " ruhe ", " schreiben ", " sofort", " umständen", " verwenden ", " wenn ",
      " wollen ", " zukunft", "ab ", "ausführ", "ausschließlich", "beschränk ", "beschränke ", "bitte ", "bleib ", "bleibe ", "bleiben ", "bleibt ", "bliben ", "blibt ", "erst, ", "finger ", "frag ",
      "frage ", "fragen", "halt ", "halte ", "kein", "künftig", "laufen", "möglichst ", "nicht", "niemals", "nur", "ohne ", "prüfen", "stets", "tabu", "testen", "unverändert ", "verboten", "vorher", "wir ",
      "zeigen", "zuerst"),
     r"\b(?:auf keinen fall|bitte (?:keine?[nmrs]?|nichts?|nur|(?:auf|in) (?:englisch|deutsch))|nicht (?:ändern|anfassen|löschen|\w+en bitte)|ab (?:jetzt|sofort)|finger weg|(?:erklär|zeig|sag)\w* (?:mir |uns )?(?:\w+ ){0,2}(?:vorher|"
     r"zuerst)|von nun an|in zukunft|künftig|(?:in ruhe|unverändert) lassen|(?:darf|dürfen|darfst|sollst|sollen|müssen) (?:du |wir |sie |sich )?(?:nur|nichts?|niemals|keine?[nmrs]?)\b|möglichst (?:wenig|klein|kurz|einfach|keine?)|"
     r"(?:strikt |streng )?verboten|tabu|keinesfalls|unter keinen umständen|ausschließlich|stets|halte? dich an|bleibe? (?:bei|auf|in)|beschränke? dich|erst,? nachdem ich|(?:nach|vor|bei) (?:jede[mnr]|dem commit|"
     r"dem push)\b[^.]{2,50}\b(?:laufen|ausführ|fragen|testen|zeigen|prüfen)|(?:ich|wir) (?:möchte|will|wollen) (?:hier )?keine?[nmrs]?|frag(?:e)? (?:mich|erst|vorher)|wir (?:benutzen|verwenden|nutzen|nehmen|schreiben) (?:hier|nur|kein)|"
     r"erst,? wenn ich|also keine?[nmrs]?|(?:vorher|zuerst|erst) (?:zu )?fragen|nur les(?:en|end)|ohne (?:mich|uns|etwas|irgend\w*|vorher\w*) (?:[\w-]+ )?zu \w+|ohne (?:neue|weitere|zusätzliche|externe|zu fragen|\w+ zu (?:ver)?ändern)|"
     r"ble?ib(?:en|t) (?:so )?wie)\b"),
    (("kein",),
     r"(?:^|, )(?:bitte )?keine?[nmrs]? (?!ahnung|verbindung|antwort[.!,]|reaktion|wirkung|problem|sorge|idee|panik|chance|fehler|ausgabe|änderung[.!]?$)(?!.*\b(?:zu sehen|sichtbar|vorhanden|gefunden|angezeigt|da|mehr)\b)\w+(?: \w+){0,4}(?:[.!,;]|$)"),
    ((" bei ", " dich ", " gesetzt", " hier ", " mehr ", " muss", " möglich", " nötig", " pflicht", " vorgabe", "fasse ", "halt ", "halte ", "höchstens ", "maximal ", "mindestens ", "sind "),
     r"\b(?:so (?:wenig|kurz|klein|einfach|knapp)\w* (?:\w+ )?wie (?:möglich|nötig)|(?:fass|halt)e? dich (?:bitte )?kurz|(?:ist|sind) (?:bei uns |hier )?(?:pflicht|vorgabe|gesetzt|ein muss)|(?:nicht mehr als|maximal|höchstens|"
     r"mindestens) (?:\d+|ein\w*|zwei|drei) ?(?:zeilen|zeichen|sätze?|wörter|prozent|ms|sekunden|kb|mb|commits?|dateien|spalten))\b"),
    ((" statt ",),
     r"^(?!das|die|der|es|ich|wir|er|sie|eine?|hier|da|jetzt|zeigt|kommt|steht|ist|wird|gibt|da)[\w-]+(?: (?!den|die|das|der|dem|eine?n?)[\w-]+){0,4} statt [\w-]+[.!]?$"),
    ((" funktionen", " schritte", "breves", "brevi", "brèves", "concisas", "concises", "cortas", "courtes", "curtas", "erklär", "explica", "expliqu", "explíca", "klein", "knappe ", "kurz", "pequenos",
      "pequeños", "petits"),
     r"^(?:(?:las|los|les|des|as|os|die) )?(?:respuestas|réponses|respostas|antworten|risposte|explicaciones|explications|explicações|commits|funciones|fonctions|funções|funktionen) (?:\w+ )?(?:cortas|breves|courtes|brèves|curtas|kurz|"
     r"brevi|pequeños|petits|pequenos|klein|concisas|concises)\b|^(?:kurze|knappe|kleine) (?:antworten|commits|schritte|funktionen)\b|^(?:explica|explíca|expliqu|erklär)\w* .{0,12}(?:lo que (?:vas )?hac\w+|ce que tu fais|was du (?:tust|"
     r"machst)|o que (?:você )?faz)\b"),
    (("kein", "nicht", "nur"),
     r"^(?:und |aber |bitte )*(?:änder|fass|lösch|committ?|push|benutz|verwend|nutz|schreib|mach|füg|installier|rühr|nimm|fasse|starte|bau)\w* (?!.*\bes nicht$).{0,60}\b(?:nichts|nicht(?! mehr)|keine?[nmrs]?|nur)\b"),
    ((" jedem ", " jeden ", " jeder ", "lass ", "nichts "),
     r"^(?:bitte )?nichts (?!zu\b|passiert|mehr\b|davon|funktioniert|geht|gefunden|ist\b|war\b|wird)(?:\w+ ){0,3}\w+(?:en|rn|ln)\b|^vor jede[mnr] |^(?:bitte )?lass (?:.{1,40} )?(?:in ruhe|unverändert|wie (?:es|sie)|so)\b"),
    ((" bleiben", " dass ", " keiner", " keines", "müssen "),
     r"\bmuss .{2,60} bleiben\b|\bmüssen .{2,60} (?:bleiben|sein|stehen)\b|\b(?:ich|wir) (?:möchte|will|wollen|möchten|erwarte|hätte gern\w*|wünsche mir),? dass (?:du|sie|ihr|alle[sn]?|jede[rs]?|keine?[rs]?|nicht?s?|die|der|"
     r"das)\b(?!.{0,80}\b(?:jetzt|mal eben|noch einmal)\b)"),
    # Spanish.
    ((" favor ", "debe ", "debes ", "jamás ", "mas ", "nunca ", "pero ", "sempre ", "siempre "),
     r"(?:^|[,;:] ?|\b(?:y|e|pero|mas|por favor|debes?|debe) )(?:nunca|siempre|jamás|sempre) \w|^(?!esto|eso|yo|no\b|el\b|la\b|eu\b|isso|isto|o\b|a\b)[\w-]+ (?:siempre|sempre) \w|^(?:los|las|os|as) [\w-]+ (?:siempre|sempre|nunca) (?:en|"
     r"em|con|com|sin|sem|de)\b"),
    ((" adelante", " agregues", " añadas", " borres", " cada", " cambia", " cambies", " conservar", " crees", " debe", " edita", " ejecutes", " elimines", " escribas", " escribirse", " estar", " hagas",
      " instales", " lugar ", " mantener", " menos ", " metas", " modifiques", " máximo", " partir ", " permanecer", " pongas", " prohibido", " puedes ", " quedar", " rompas", " seguir", " solamente",
      " solo", " subas", " sólo", " termines", " toca", " toques", " trabaja", " usa", " uses", " únicamente", "aquí ", "asegúrate", "cada ", "cambia ", "después ", "edita ", "evita", "intenta ", "limítate",
      "mantén", "modifica ", "necesito ", "preciso ", "preferiblemente", "prefiero ", "pregúntame", "procura", "prohibido ", "quero ", "quiero ", "respeta", "solamente ", "solo ", "sólo ", "toca "),
     r"\b(?:evita|asegúrate|a partir de ahora|de ahora en adelante|no (?:debes?|deben|puedes (?:tocar|cambiar|usar|modificar))|pregúntame|no quiero (?!saber|ver\b|molestar|perder|que te)\w+|hay que (?:mantener|conservar|respetar|evitar|"
     r"seguir)|(?:está|queda|están) prohibido\w*|prohibido \w+r\b|(?:antes|después) de cada|cada vez que (?:cambies|hagas|añadas|termines|agregues|toques|crees)|limítate|respeta|procura|intenta no|preferiblemente|como máximo|en (?:lugar|"
     r"vez) de usar|a menos que (?:yo|te)|(?:quiero|necesito) que (?:me |no |lo |siempre )*\w+[ea]s|(?:quero|preciso) que você|prefiero (?!ver\b|esperar|hacerlo|no\b)\w+ \w+|aquí (?:usamos|se usa)|(?:los|las|el|"
     r"la) [^,.]{2,40} deben? (?:estar|quedar|seguir|permanecer|ir|escribirse)|(?:usa|use|toca|edita|modifica|cambia) (?:solo|sólo|solamente|únicamente)|(?:solo|sólo|solamente) (?:toca|usa|cambia|edita|modifica|trabaja)|mantén|"
     r"no (?:uses|toques|cambies|hagas|modifiques|borres|añadas|agregues|instales|escribas|pongas|crees|subas|metas|ejecutes|rompas|elimines))\b"),
    ((" cambiar", " lectura", " modificar", " preguntar", " tocar", "nada ", "pero ", "pregunta ", "preguntame ", "pregúnta ", "pregúntame ", "sin "),
     r"\bsin (?:tocar|cambiar|modificar|preguntar)\b|^solo lectura\b|\bpreg[uú]nta(?:me)? (?:antes|primero)\b|^(?:pero |y )?(?:nada de|sin) (?!problema|duda|prisa|embargo|nada)\w+"),
    ((" als ", " auf ", " bevorzuge", " immer ", " klein ", " kurz ", " lieber", " nicht ", " nie ", " nur ", " ohne ", "bitte "),
     r"^(?!ich|du|er|sie|es|wir|ihr|das|warte)(?:[\w-]+ ){1,3}bitte (?:immer|nie|nur|ohne|nicht|kurz|klein|auf|in|als|mit) |\b(?:ich bevorzuge|mir (?:ist|wäre) .{2,30} lieber)\b"),
    # French.
    ((" aucun", " jamais", " pas", " plus", " que", " rien"),
     r"(?:^|[,;:] ?|\b(?:stp|plaît|mais|et|surtout) )(?:ne |n')(?:utilise|touche|modifie|change|travaille|garde)s? que\b|(?:^|[,;:] ?|\b(?:stp|plaît|mais|et|surtout) )(?:ne |n')(?!marche|fonctionne|passe|est |a )\w+ (?:pas|jamais|plus|"
     r"rien|aucune?)\b"),
    ((" jamais", "devez ", "dois ", "doit ", "doivent ", "faut ", "merci ", "peux ", "prière "),
     r"\b(?:dois|devez|doit|doivent|peux) (?:pas|jamais)\b|\bfaut (?:pas|jamais) \w+(?:er|ir|re)\b|\b(?:merci de|prière de) (?:ne|toujours)\b"),
    ((" toujours", "toujours "),
     r"^on (?!obtient|voit|reçoit|est|peut|trouve|a\b)\w+ toujours\b|^(?!ça|cela|je|tu|il|elle|on|c'|le|la|les|mais)\w+(?:s|ez|e) toujours\b|^toujours \w+(?:er|ir|re)\b"),
    ((" ces", " cette", "garde ", "gardez ", "jamais ", "uniquement "),
     r"^jamais (?:de|d')|^gardez? (?:les?|la|ces?|cette)\b|^uniquement (?:les?|la|dans)\b"),
    ((" aucun", " chaque", " conserver", " faut ", " garder", " ici", " interdit", " maintenant", " maintenir", " maximum ", " ne ", " passer ", " plus", " préfère ", " préférerais ", " préserver",
      " respecter", " rester", " seulement", " toujours", " uniquement", " utilise", " veux ", " voudrais ", " vous", "demande-moi", "demandez-moi", "devez ", "dois ", "doivent ", "dorénavant", "désormais",
      "ici ", "interdit ", "limite-toi", "n'utilise ", "plutôt ", "reste ", "rester ", "restez ", "sauf ", "systématiquement", "tiens-toi", "évite"),
     r"\b(?:à partir de maintenant|désormais|on ne (?!voit|peut|sait|trouve)\w+ (?:pas|jamais|plus)|je (?:veux|voudrais|préfère|préférerais) que (?:tu|vous)|dorénavant|évite[rz]?|demande(?:z)?-moi|il faut (?:que (?!je\b|j'|tu )|toujours|"
     r"garder|rester|conserver|respecter|éviter|préserver|maintenir|passer par)|(?:est|sont) interdite?s?|interdit de|systématiquement|limite-toi|tiens-toi|reste[rz]? (?:sur|dans|en)|(?:avant|après) chaque|à chaque (?:commit|étape|"
     r"fois que tu)|je ne veux (?:pas de|plus|aucune?)|au maximum \d|plutôt que|sauf si je|(?:dois|devez|doit|doivent) (?:uniquement|toujours|seulement|rester)|je préfère (?!voir|attendre)\w+|pas plus (?:de|d')|on (?:n'utilise (?:pas|"
     r"jamais|plus)|utilise .{2,40} ici)|ici,? on utilise)\b"),
    ((" d'", "pas "),
     r"^pas d(?:e |')(?!soucis?|problèmes?|quoi|panique|erreur|chance)\w+"),
    ((" ajouter", " avis", " casser", " changer", " demander", " feu ", " modifier", " mon ", " toucher", "aucun ", "aucune ", "laisse ", "laissez "),
     r"\bsans (?:ajouter|toucher|modifier|casser|demander|changer)\b|^aucune? (?!idée|problème|souci|erreur|résultat|réponse|effet)\w+(?! (?:ne|n'|est|a)\b)|\bsans mon (?:accord|avis|feu vert)\b|^laisse(?:z)? .{2,40} (?:tranquilles?|"
     r"tels? quels?)\b"),
    # Portuguese and Italian.
    (("não ",),
     r"(?:^|[,;:] ?|\b(?:favor|mas|e) )não (?:use|uses|mude|altere|faça|faz|mexa|mexe|toque|toques|commite|adicione|apague|crie|instale|remova|coloque|escreva|modifique|suba|rode|dê)\b"),
    ((" aggiungere", " altere", " avanti", " cada", " cambiare", " cancellare", " chiedere", " committare", " continuar", " deve ", " devem ", " diante", " dopo", " edita", " fare", " gente ", " massimo ",
      " menos ", " mexa", " mexe", " modificare", " modifichi", " mude", " máximo ", " ogni", " partir ", " pergunta", " pergunte", " permanecer", " proibido", " quero ", " rompere", " sempre", " solo",
      " soltanto", " toccare", " trabalhe", " usa", " vietato", " voglio ", " volta ", "apenas ", "d'ora ", "dopo ", "evite", "limitati ", "limite-se", "mai", "mantenha", "mantieni", "non ", "pergunte ",
      "preferisci", "prefira", "prefiro ", "respeite", "rispetta", "solamente", "somente ", "só ", "toda "),
     r"\b(?:a partir de agora|de agora em diante|(?:só|somente|apenas) (?:mexe|mexa|use|usa|altere|edite|edita|toque|trabalhe|mude)|(?:os|as|o|a) [^,.]{2,40} devem? (?:ser|estar|ficar|continuar|permanecer)|pergunte antes|me pergunt[ea]|"
     r"prefiro (?!ver\b|esperar)\w+|aqui (?:usamos|a gente usa)|mantenha|evite|não quero (?!saber|ver\b)\w+|(?:está|fica|é) proibido|antes de cada|depois de cada|toda vez que você|limite-se|respeite|prefira|no máximo \d|a menos que eu|"
     r"non voglio (?!sapere|vedere)\w+|è vietato|prima di ogni|dopo ogni|ogni volta che (?:fai|modifichi|aggiungi|cambi)|limitati a|mantieni|rispetta|preferisci|al massimo \d|d'ora in avanti|usa (?:solo|sempre|soltanto)|solamente|"
     r"senza (?:toccare|modificare|aggiungere|chiedere|cambiare|rompere)|non (?!è\b|so\b|va\b|ho\b|ha\b|c'è|mi\b|si\b)\w+(?:are|ere|ire)\b|(?<!von )(?<!im )(?<!en )(?<!ab )(?<!fin )(?<!de )(?<!le )(?<!du )(?<!seit )(?<!bis )(?<!\d )(?<!\d\. )mai\b(?! \d)|non (?:usare|toccare|modificare|fare|aggiungere|cancellare|committare)|d'ora in poi|"
     r"solo dopo)\b"),
    ((" alterar", " comentários", " dependências", " mexer", " quebrar"),
     r"\bsem (?:comentários|dependências|mexer|alterar|quebrar)\b"),
    # Others.
    ((" teraz", "aldrig", "alltid", "altijd", "asla", "bundan ", "jangan", "nigdy ", "nikdy", "nooit", "sakın", "vanaf ", "vždy", "zawsze", "đừng"),
     r"\b(?:nooit|altijd|aldrig|alltid|jangan|đừng|asla|sakın|nigdy nie|zawsze|nikdy|vždy|vanaf nu|od teraz|bundan sonra)\b"),
    ((" nieuwe", "alleen", "geen", "met ", "niet", "niks", "ongemoeid", "zonder "),
     r"^(?:en |maar |alsjeblieft )*(?:gebruik|raak|verander|wijzig|commit|push|schrijf|voeg|installeer|doe|laat)\b.*\b(?:niet|geen|alleen|niks|ongemoeid|met rust)\b|^(?:geen|zonder) (?:nieuwe|extra)\b"),
    ((" dodawa", " dotyk", " modyfik", " pushuj", " rusz", " usuw", " używ", " zmieni", "använd", "lägg", "nie ", "rör", "tylko ", "ändra"),
     r"\bnie (?:rusz|zmieni|dodawa|używ|usuw|modyfik|commit|pushuj|dotyk|instal)\w+|\btylko (?:zmieni|używ|edyt)\w+|^(?:använd|rör|ändra|lägg)\b.*\b(?:inte|inga|inget|bara)\b"),
)  # fmt: skip
_WIDE: Final = (
    r"(?:所有|每(?:一步|次|个|一个))[^，。]{0,12}都(?:要|得|必须|告诉|给|写|加)|^不能(?:停机|影响|中断|丢|泄露)|"
    r"(?:^|[,;] )(?:(?!что\b|как\b|почему\b|зачем\b|можно\b|лишь\b|чтобы\b|[а-яё]+(?:л|ла|ли|ло|ю|ем|им)\b)[а-яё]+ ){0,2}не (?:менять|трогать|удалять|использовать|писать|коммитить|ставить|добавлять|создавать|ломать|переписывать|переименовывать)\b|только чтение|(?:^|[,;] |пожалуйста )не (?!очень|здесь|есть|теперь|дай бог)[а-яё]{2,}(?<!ш)[ьй](?:те)?\b|"
    r"^(?:код|тесты|коммиты) без \w+|^без (?!проблем|ошиб|результат|разниц|понят)\w+|сначала [^.]{2,40}, потом|で(?:動く|動作する)ように|"
    r"(?:返答|回答|返事|説明|コメント|コミット(?:メッセージ)?|変数名|関数名|命名|ドキュメント|エラーメッセージ|テスト名)[はも][^。]{1,12}[にでく](?:して|お願いします|書いて|ください)?[。!！]?$|(?:短く|簡潔に|手短に|丁寧に)(?:答|回答|説明|返)|(?:動く|動作する|対応する|使わない|変えない|壊さない)こと[。!！]?$|"
    r"(?:使わ|変え|触ら|消さ|壊さ|入れ|書か)ず(?:に)?[、。]|(?:全部|一律|统一|全都|都)(?:用|使用|写|放|走|存)|[，,]不(?:写|用|放|走|加)(?!了)|^(?:PR|pr|コミット|変更|関数)は(?:小さく|短く|こまめに)[。!！]?$|(?:函数名|变量名|类名|文件名|命名)[^，。]{0,2}用|(?:変数名|関数名|コメント|コミット|ドキュメント|回答|説明|エラーメッセージ|ファイル名)は(?:すべて|全て|必ず)?(?:英語|日本語|短め|簡潔|敬体|常体)[。!！]?$|で(?:インデント|統一|記述)|(?:を|は)先に(?:書く|作る|書いて)|(?:触ら|使わ|変え|消さ|壊さ|入れ|書か|増やさ)ない(?:で)?[。!！]?$|(?:敬語|絵文字|略語|前置き|コメント|ライブラリ|英語|依存)(?:は)?(?:なし|不要|禁止)|"
    r"^(?:缩进|金额|日期|时间|单位|命名|变量名|标题|货币)(?:一律|统一|都)?(?:用|使用|以)|^先写(?:测试|文档|方案|计划)|(?:^|[，,])只用(?!了|过|到)|"
    r"用(?:中文|英文|英语|日文|日语)(?:回答|回复|写|沟通|交流|注释|解释)|先(?:说|给|讲|列|想)[^，。]{1,10}再(?:写|改|做|动|提交)|(?:回答|回复|解释|注释|函数|改动)[^，。]{0,4}(?:简短|简洁|小一点|短一点)|"
    r"^(?:вс[её] )?(?:тексты|имена|строки|логи|названия|переменные)\b.{0,20}\bна \w+ом\b|"
    r"不要|(?:接口|代码|函数|测试|提交|注释|变量|文件|组件|方法|文档)[^，。]{0,10}(?:都要|都得|必须|不能|要先)|之前(?:要|必须|请|都要)?先|^без (?!проблем|разниц|понят)\w+|^сначала .*(?:потом|затем)|(?:설명|답변|대답|커밋|주석|메시지|변수명?|함수명?)[은는] .{1,30}(?:줘|세요|해라)|尽量|尽可能|(?:항상|꼭|무조건|되도록)[^.。]*(?:줘|세요|해라|십시오|말고?|마)(?:요|라)?(?:[.!,]|$)|^(?:отвечай|отвечайте)\b|^(?:пиши|отвечай|пишите|отвечайте)\b.*\bна \w+ом\b|(?:统一|一律)(?:用|使用|采用|放|写)|(?<!我)不能(?:使用|修改|改|动|提交|删|用|再|有|破坏)|不许|不得|不准|必须|禁止|务必|一定要|(?<!我)只(?:(?:能|可以|允许|需)(?:改|修改|用|使用|动|在|读|写|提交)|改|修改)|请始终|始终(?:用|使用|保持)|永远不|"
    r"(?<![分特区差级类性])别(?:再|用|动|改|提交|删|加|碰|自动|随便|随意|擅自|乱|直接|自己)|勿|请(?:用|不|只|保持)|(?:以后|今后|从现在开始|从现在起)[^,，。]{0,20}(?:都|要|请|必|先|用)|每次[^,，。]{0,20}(?:都要|请)|(?:先|暂时)(?:不|别)|"
    r"(?<!表示し)ないで(?:ください|下さい|ね|$|。|、)|ないこと[。!]?$|だけ(?:を)?(?:変更|編集|修正|使)|(?:必ず|絶対|常に)[^。]*(?:て|で|ください|下さい|こと|ように|お願いします)(?:ね)?[。!！]?$|絶対に?[^。]*(?:ない|だめ|ダメ)[。!]?$|してはいけ|勝手に|(?:今後|これから|以後)は|(?:日本語|英語)で(?:書|答|回答|返|お願い)|"
    r"지 ?(?:마|말)(?=[\s라세고아요.!]|$)|앞으로(?:는|도)? .{2,40}(?:줘|세요|해라|부탁)|반드시|금지|никогда|всегда|^(?:комментарии|коммиты|ответы|тесты|сообщения|документация)\b.*\bна \w+ом\b|(?:注释|提交信息|提交|回答|回复|变量名|命名|文档)[^，。]{0,4}用[^，。]{0,3}[中英日]文|ніколи|завжди|впредь|отныне|запрещено|избегай|старайся|(?:перед|после) кажд|каждый раз,? (?:когда|перед)|не хочу,? чтобы|(?:используй|меняй|трогай|пиши|правь)\w* только|^только (?:\w+ )?(?:стандартн|чита)|我不(?:想要|希望)|(?:回答|回复|注释|代码|提交信息|命名|解释)(?:请|要|应)|不可以|都不要|(?:只|仅)(?:限|允许)|変更禁止|(?:変更|修正|追加|削除|使用)しない|だけにして|にしておいて|앞으로|하지 ?(?:마|말)|لا ت|دائما|нельзя|обязательно|не надо|не \w+[аяую]й(?:те)?\b|не (?:коммить|пушь|пиши)"
)
_FAR: Final = re.compile(f"{_WIDE}|{hasty.FAR}|{rules_held.FAR}")
_NEAR: Final = Hinted((*PARTS, *hasty.PARTS, *rules_held.PARTS))
# Words of no other language.
_ENGLISH: Final = (" the ", " you ", " this ", " and ", "the ", " with ")
# A letter that English has not, and of no Latin alphabet; dashes, quotes and pictures stand in English as well.
_LETTER: Final = re.compile("[^\\x00-\\x7f\u00a0-\u00bf\u2000-\u2bff\ufe0f\U0001f000-\U0001faff]")
_NOT_LATIN: Final = re.compile("[\u0370-\u1dff\u2e80-\ufdff\uff00-\uffef]")
# What is so, was so or is asked, blanked before a rule is looked for.
UNSAID: Final = re.compile(
    rf"{hasty.UNSAID}|"
    r"(?:никогда не|всегда) \w+(?:ет|ит|ют|ят|ут|ат)(?:ся)?\b|"
    r"(?<=\w )(?!bitte|jetzt|nicht|sonst|müssen immer (?:grün|sauber)|\w*(?:nachricht|funktion|klass|variabl|datei|antwort|komponent))\w{3,}(?:t|en|te) (?:immer|nie)\b|\bno hace falta\b.*|.*\bich hab\w*(?:'s)? (?:es |das )?schon\b.*|\b(?:ist|sind|war|waren|hat|habe|haben|geht|kommt|wird|werden|läuft|laufen|schlägt|funktioniert|bleibt|passiert|kann|zeigt|gibt|fehlt|ich|bekomme|sehe|dauert|hängt|liefert)\s+"
    r"(?:\w+ )?(?:immer|nie)\b(?! (?:in|als|auf|mit|ohne|aus) (?!ordnung|arbeit|d[ea][mnrs]\b)\w+[.!]?$| (?:verschluckt|gemockt|committet|editiert|bearbeitet|gelöscht)[.!]?$)|\b(?:immer|nie)\s+(?:ein|der gleiche|dieselbe|die gleiche|das gleiche)\b|"
    r"\b(?:siempre|nunca) (?:me|nos|termina|pude|puedo|tengo|tuve|vi|se|lo|la|le|ha|he|había|habría|es|está|sale|falla|da|devuelve|funciona|hay|pasa|aparece|fue|era|el mismo|la misma)\b|\b(?:es|está|falla|sale|devuelve|da|aparece|yo) (?:siempre|nunca)\b|^(?:eres|qué)\b.*\b(?:nunca|siempre)\b.*|\b(?:nunca|siempre) (?:fall|aciert|gan|sorprend)\w*[.!]?$|.*\bnie so (?:schnell|gut|leicht|einfach|sauber)\b.*|^(?:wenn (?:ich|wir) (?:[\w-]+ ){1,5}(?:wäre|hätte|könnte|dürfte)n?\b|si (?:j'|on |nous )(?:avai|étai|pouvai)|si (?:yo )?(?:tuvi|fu[eé]r|pudi)|si un jour\b|(?:hätte|wäre)n? (?:ich|wir)\b|se eu (?:fosse|tivesse)).*|"
    r"\btoujours (?:la même|le même|pas|aussi|une?|en erreur)\b|\b(?:est|a|suis|ai|marche|passe) (?:toujours|jamais)\b|"
    r"\b(?:sempre|siempre|nunca) \w+[oó]\b|\b(?:é|está|dá|foi|fica|eu) sempre\b|\bnunca (?:llega|carga|abre|guarda|passa|termina|vi|funcionou|acontece|aparece|tive)\b|\bsempre (?:o mesmo|a mesma|que|dá|falha|foi)\b|\b(?:non (?:l'ho|ho|ha)|ho|ha|è) mai\b|必须[^。]{1,20}才|[^。！？]{0,60}(?:ですか|ますか|のか|吗|么)(?:[?？。]|$)"
)

# Whom a sentence addresses that says what must or may not be: the work, where it speaks of these; else the product.
_WORK: Final = re.compile(
    r"code|schnittstell|interface|verhalten|signatur|struktur|ordner|te[sx]t|commit|api|branch|migra|datei|fichier|archivo|arquivo|kommentar|comment|coment|funktion|fonction|func|funç|klass|class|clase|"
    r"varia|name|nom|dok|doc|forma|schem|abhäng|dépend|depend|log|typ|modul|endpoint|pa[kq]|version|änder|repo|config|тест|код|конфиг|файл|миграц|коммит|ветк|комментар|alles|todo|tudo|tout|\w[./]\w|\b(?:wir|man|du|sie|tu|vous|on|tú|você)\b"
)
_MUST: Final = re.compile(
    r"(?P<subject>(?!bitte|aber|und)(?:[^\s,;:]+ ){1,6}?)(?:(?:ne |no |não |nunca )?(?:darf|dürfen|soll|sollen|muss|müssen|kann|können|doit|doivent|peut|peuvent|"
    r"debe|deben|puede|pueden|deve|devem|pode|podem)\b|(?:не )?(?:долж|мог|мож)\w+|нельзя)(?! (?:du|wir|sie|man)\b)"
)
# Gives leave.
_MAY: Final = re.compile(
    r"(?:(?:ok(?:ay)?|ahora|maintenant|jetzt|agora|теперь|现在|ya|já),? ?)*(?:tu peux|vous pouvez|du (?:darfst|kannst)|puedes|podes?|pode|можешь|можно|可以)(?:\b|(?<=以))(?!.*\b(?:nur|nicht|keine?n?|pas|rien|sólo|solo|seulement|apenas|só|только|ohne|sans|sin|sem|без)\b)"
)


def is_of_product(plain: str) -> bool:
    """Tell whether a sentence says what must be of something that is not of the work."""
    found = _MUST.match(plain)
    if _MAY.match(plain):
        return True
    return found is not None and not _WORK.search(found["subject"]) and "bleib" not in plain


def says(plain: str) -> bool:
    """Tell whether a sentence says what sets a rule in another language."""
    if plain.isascii() or not _LETTER.search(plain):
        if any(map(plain.__contains__, _ENGLISH)):
            return False
    elif _NOT_LATIN.search(plain) and _FAR.search(plain):
        return True
    return any(part.search(plain) for part in _NEAR.likely(plain))
