# ruff: noqa: RUF001  (the patterns hold letters of other languages on purpose)
"""Rules that say how a thing is held, without an order: what matters, what is never done to it, at what a setting stays.

They stand in the patterns of `rules_words`, in lower case with straight apostrophes.
"""

from typing import Final

# What nothing that is told of the work begins with.
_NOT_ONE: Final = r"(?!it\b|its\b|this|that|these|those|they|there|he\b|she\b|i\b|we\b|you\b|the\b|my\b|what|which|nothing|none|no\b|only|all\b|some\b|why|how|if\b)"
# Done to a thing that is to stay itself: that it never is so is no complaint, as "is never sent" may be.
_HARMS: Final = r"(?:reused|re-?used|recycled|renumbered|reassigned|overwritten|mutated|rewritten|edited by hand|altered|exposed|leaked|hard-?coded|swallowed|silenced)"
_SECRETS: Final = r"(?:passwords|secrets|tokens|keys|credentials|cookies|card numbers|pii)"
# With them it is told what something did.
_VERB: Final = r"(?:is|are|was|were|has|have|had|took|takes?|got|gets?|ran|runs?|costs?|shows?|saw|see|found|failed|fails?|returns?|uses?|used|lost|waited|waits|happens|happened|made|makes|added|tried|restarted|crashed|still|now|again|by|for|in|on)\b"
_SETTING: Final = r"(?:defaults?|timeouts?|seed|port|threshold|interval|cap|quota|precision|(?:page|batch|chunk|pool) size|ttl|retention)"

# Each with words of which one stands in all that is found.
LEADS: Final = (
    # With what it comes to, behind it.
    ((" matter,", " matter:", " matters,", " matters:", " matter.", " matter!"),
     rf"{_NOT_ONE}(?!order\b|case\b|size\b)[\w-]+(?: [\w-]+)? matters?[.,:!](?! (?:but|though|does|do|or|and|if|why|what|how)\b)"),
    ((" are never ",),
     rf"{_NOT_ONE}(?:[\w-]+ )?(?:[\w-]+s are never {_HARMS}|{_SECRETS} are never (?:logged|stored|printed|shown|sent|echoed|committed))\b"),
    ((" stay", " remain"), rf"(?:the |our |its )?{_SETTING} (?:stays?|remains?) (?:(?:at|on) )?v?\d"),
    # What each of a kind of things has, where the kind is named as one.
    ((" need ", " require ", " needs "),
     r"(?:all |our )?(?:(?:public|exported|external|internal|private|new|shared|all|our) )(?:(?:api|cli|db|unit|rest|ui) )?(?:functions|methods|classes|modules|components|endpoints|routes|handlers|migrations|scripts|packages|types|hooks|settings|options|flags|features|services|tables|queries|commands|tests) "
     r"(?:always )?(?:need|require) (?:an? |their (?:own )?|at least )?(?!an?\b|to\b|fix\w*|new\b|be\b|more\b|some\b|help|work|restart|rewrite|look|update|clean\w*|bit\b|lot\b|few\b)[\w-]+"),
    # From where, and to where, and not elsewhere.
    ((" not ",),
     r"(?:always |please )*(?:branch (?:off|from)|fork from|start from|target|merge (?:in)?to|rebase on(?:to)?|(?:open )?prs? (?:against|to|go to)|commit (?:on|to)|push to|deploy to|release from|sync (?:with|from)|pull from) (?!it\b|this|that)[\w./-]+,? (?:and )?not (?:on |to |from |off )?(?!yet|sure|working|in\b|the\b|this|that|only|just)[\w./-]+(?=[.,!;]|$)"),
    # A bound, behind what it is of.
    ((" at least ", " no more than ", " not more than ", " at most "),
     rf"{_NOT_ONE}(?!{_VERB})[\w-]+(?: (?!{_VERB})[\w-]+)? (?:at least|at most|no more than|not more than) \d[\d.,:/]* ?[a-z%]{{0,10}}[.!]?$"),
    # One step, and never the next.
    (("only ",),
     r"only (?!the\b|this|that|it\b|in\b|on\b|for\b|one\b|when\b|if\b|a\b|an\b)[a-z]{3,}(?<!s)(?: [\w-]+){0,3}?,? (?:and )?(?:never|don'?t|do not|not) (?!work|show|seen|yet|sure|the\b|in\b|on\b)[a-z]+(?: (?:it|them|anything))?[.!]?$"),
    # Made by something else, and so not by hand.
    (("generated", "vendored"),
     r"(?!it\b|this|there)[\w./ -]{2,40} (?:is|are) (?:all )?(?:auto-?)?(?:generated|vendored)(?: (?:by|from) [\w./ -]{2,30})?[,;] ?(?:so |please |and |hence )*(?:change|edit|fix|don'?t|do not|never|leave|touch|regenerate|work on|hands off)\b"),
    # Done to each thing of the code.
    (("every ", "each "),
     r"(?:please |always )?(?:quote|escape|type|annotate|sanitize|sanitise|parametri[sz]e|wrap|guard|namespace|freeze) (?:every|each) (?!of\b|time\b|other\b)[\w-]+(?: [\w-]+)?[.!]?$"),
    ((" only", "-only"), r"(?:server|client|backend|front-?end|back-?end)(?:[- ]side)? only(?=[.,;!]|$)"),
    (("budget is ", "sla is ", "slo is ", "ceiling is "), r"(?:our |the )?(?:[\w-]+ )?(?:budget|sla|slo|ceiling) is (?:under |below |at most )?\d"),
    (("we have ", "there is ", "there's ", "we've got "),
     r"(?:we have|there is|there's|we've got) (?:an?|our own) [\w -]{3,40}, (?:please |so |just )*(?:use|take|follow|reuse|stick|extend|call|don'?t (?:write|add|build|make))\b(?! (?:it|that) to\b)"),
    (("respect ", "honor ", "honour ", "obey "), r"(?:please |always )?(?:respect|honou?r|obey) (?!it\b|this|that|for\b|to\b|is\b|matters)(?:the |our |all )?[\w.-]+"),
    # What there is where it runs, and when who works comes back to ask.
    ((" is what ", " is all "),
     r"[\w.+#-]+ v?\d[\w.]* is (?:what|all) (?:prod\w*|staging|we|they|the (?:server|box|client|customer|runner|cluster)s?|customers|clients|ci) (?:has|have|runs?|got|gets?|supports?|uses?)\b"),
    (("if ", "when "),
     r"(?:if|when(?:ever)?) (?:something|anything|any [\w-]+|an? [\w-]+|you) [^,;?]{2,50},? (?:please |just |then )?(?:tell|ask|ping|warn|notify) me\b(?! (?:to|why|what|how|where|again|about)\b)"),
    (("we do ",), r"we (?:always |only )?do (?:semver|calver|tdd|bdd|trunk[- ]based|git ?flow|squash merges|merge commits|code reviews?|linear history|feature flags)\b"),
)  # fmt: skip
# Wherever it stands, likewise.
ANYWHERE: Final = (
    (("only ",), r"\bonly (?:the |those )?(?:files|lines|code|parts|functions|tests) (?:that )?you(?:'ve| have)? (?:changed?|touch(?:ed)?|wrote|write|add(?:ed)?|edit(?:ed)?)\b"),
    (("requirement", "obligation", "constraint", "limit"),
     r"\b(?:that'?s|it'?s|this is) (?:an?|our|the) (?:security|legal|compliance|hard|strict|customer|client|company|fixed|firm|contractual|privacy|audit|regulatory) (?:requirement|obligation|constraint|limit)\b"),
)  # fmt: skip
# In other languages: what is kept, and of what there is to be nothing.
PARTS: Final = (
    (("on garde ", "on reste ", "on conserve "),
     r"^on (?:garde|conserve|reste (?:sur|en|à|avec|chez)) (?!ça\b|cela\b|comme ça|le même problème|la même erreur|bloqué)\w"),
    # Spanish, Portuguese and Italian.
    (("nada de ",), r"(?:^|[,;] (?:y |e )?)nada de (?!mais\b|más\b|nuevo|novo|eso\b|isso\b|malo\b|errado|particular|especial|nada\b|err\w+)[\w.+#-]+"),
    (("lascia", "deja ", "deje ", "deixa ", "deixe "),
     r"^(?:e |y |ma |pero |mas |por favor,? )?(?:lasciat?e? (?:stare|in pace|[\w ']{2,30} (?:com'è|come sono|intatt\w))|dej[ae] [\w ]{2,30} (?:en paz|como est[áa]n?|tal cual|tranquil\w+)|deix[ae] [\w ]{2,30} (?:em paz|como est(?:á|ão)|quiet\w+|intact\w+))(?=[.,;!]|$| (?:il|la|lo|i|le|gli|l')\b)"),
    # Dutch.
    (("blijf ", "kom niet aan", "vraag ", "antwoord ", "houd ", "hou "),
     r"^(?:en |maar |dus |graag |alsjeblieft |aub )*(?:blijf (?:van|uit|weg|binnen|met je)\b|kom niet aan\b|vraag (?:het |me |mij |altijd )*(?:eerst|altijd|voordat|als je)\b|(?:antwoord|schrijf|reageer) (?:\w+ )?(?:in het \w+|kort)|houd? (?:het|de|alles|je code) (?!vast|tegen|op\b|in de gaten)(?:\w+ )?(?:klein|kort|simpel|eenvoudig|gelijk|zoals))"),
    ((" elke ", " elk ", " ieder", "na elke", "voor elke"),
     r"^(?!.*\b(?:crasht|faalt|werkt|hij|ze|krijg\w*|gaat|gaan|duurt|is|zijn|was|wordt|komt|ik|mij)\b)(?:.*\b)?(?:voor|na) (?:elke|elk|iedere|ieder) (?:stap|commit|wijziging|taak|push|aanpassing|test|bestand|merge|release|functie)\b"),
    (("niet ", "niks ", "niets ", "nooit "),
     r"^(?:en |maar )?(?:niks|niets) (?:aan|in|van|uit) [\w ]{2,30} (?:veranderen|wijzigen|aanpassen|verwijderen|toevoegen)[.!]?$|(?:^|, |\b(?:en|maar|nog) )(?:(?!kan\b|kon\b|kunnen\b|konden\b|lukt\b|wil\w*\b|ik\b|waarom\b)\w+ ){0,2}(?:niet|niks|niets|nooit) (?:zelf )?(?:pushen|committen|aanraken|wijzigen|aanpassen|verwijderen|mergen|deployen|veranderen|hernoemen|toevoegen|installeren|verplaatsen)(?=[.,;!]|$)"),
    ((" in het engels", " in het nederlands", "zonder overleg", "zonder te vragen", "zonder mijn "),
     r"^(?:de |alle )?(?:commentaar|comments?|commits?|commit-?\s?berichten|namen|variabele\w*|teksten|documentatie|tests|foutmeldingen|code)\b[^.;?]{0,25} in het (?:engels|nederlands)\b|\bzonder (?:overleg|te vragen|mijn \w+)\b"),
    (("geen ",), r"^(?:en |maar )?geen (?!idee|probleem|problemen|fout|zorgen|reactie|resulta|verschil|effect|haast|wonder|tijd|output|melding|dank)\w+(?: \w+){0,3} (?:graag|aub|alsjeblieft|toevoegen|gebruiken|maken|installeren)[.!]?$"),
    # German.
    ((" bleibt so", " bleibt wie"), r"\b(?:das|alles) bleibt (?:so|wie (?:es|gehabt|bisher))\b(?! ?(?:lange|hängen|stehen))"),
    ((" müssen ", " muss "), r"^(?:alle |die |der )?(?:[\w-]*tests|lint\w*|builds?|ci|typen|pipeline|typprüfung) (?:müssen|muss) (?:(?:immer|vorher|stets|erst|auch) )*(?:grün|sauber|durchlaufen|bestehen)\b(?! werden)"),
    # Turkish.
    (("her ",), r"^(?!.*(?:\w+[ıiuü]yor\w*|\w+[dt][ıiuü])[.!]?$).*\bher (?:adım|commit|değişiklik|iş|dosya|test|push|görev|işlem|merge)\w*(?:dan|den|tan|ten) (?:sonra|önce) \w"),
    ((" etme", " yapma", " atma"), r"\b(?:push|commit|merge|deploy|rebase|refactor|release|force push)(?:'?\w{1,3})? (?:etme|yapma|atma)(?:yin|yın)?(?=[.,!]|$)"),
    ((" kalsın", " kalmalı", " kalacak", " olsun", " olmalı"), r"\b(?:ingilizce|türkçe|almanca|aynı|olduğu gibi|sade|kısa|küçük) (?:kalsın|kalmalı|kalacak|olsun|olmalı)[.!]?$"),
)  # fmt: skip
# Of other scripts.
FAR: Final = (
    r"^(?:ответы?|функции|коммиты|сообщения|комментарии|объяснения)\b[^.]{0,10}(?:покороче|короче|поменьше|помельче|попроще|подробнее)\b|^(?:отвечай|объясняй|пиши|комментируй)(?:те)? (?:мне |всегда |только )*(?:короче|покороче|кратко|подробно|просто|на \w+ом|по-\w+)\b|"
    r"既存の[^。]{0,12}(?:に合わせ|に従っ|に沿っ|に揃え|を踏襲)|(?:기존|원래)[^.]{0,12}(?:에 맞춰|를 따라|을 따라|그대로 (?:둬|두|유지))|(?:跟|和|与|按|照)[^，。]{0,6}(?:现有|已有|原来)[^，。]{0,8}(?:一致|风格|写法|来)|"
    r"(?:変更|差分|修正|実装|コード|依存(?:関係)?)[はを](?:最小限|最小|シンプル|簡潔|小さ)[^。]{0,8}(?:して|で|お願い|留め|とどめ)|"
    r"每(?:改|写|加|做|完成|修)[^，。]{0,8}(?:都|就)(?:要|得|必须|跑|提交|测)"
)
