"""The shapes of an English sentence that sets a rule, whatever it speaks of.

An order or a wish alone may be of the moment. That it stands is seen by its scope: a condition on what who works may do at
any time, a bound, a word of no exception, a likeness to what is there, or whose a decision is.
All is looked for in lower case with straight apostrophes.
"""

import re
from typing import Final

# What who works may be told to do.
_DO: Final = (
    r"(?:add|adapt|announce|back up|cite|clear|compare|copy|create|do|dump|export|make|measure|note|post|profile|publish|record|run|take|time|answer|apply|ask|assume|back up|bump|build|call|check|cite|clean|comment|commit|confirm|consult|copy|cover|create|declare|"
    r"describe|diff|document|double[- ]?check|edit|ensure|explain|extend|fetch|flag|follow|format|generate|get|give|handle|import|inform|install|keep|label|leave|let|lint|list|log|"
    r"mark|mention|merge|mock|name|notify|open|pause|ping|plan|point|post|prefix|present|propose|pull|push|put|quote|raise|read|rebase|rebuild|refactor|regenerate|"
    r"remove|rename|reply|report|respond|restart|reuse|review|revert|run|save|say|send|separate|show|sign|sketch|sort|speak|split|squash|state|stash|stop|stub|suggest|"
    r"summari[sz]e|sync|tag|talk|tell|test|think|treat|type|undo|update|use|validate|verify|wait|walk|warn|work|wrap|write)"
)
_MAIN: Final = rf"(?:(?:then|please|also|first|just|do|you) )*(?:{_DO}|always|never|don'?t|do not|no|make|i (?:want|expect|need)|there (?:must|should|has))\b"
_FEW: Final = r"(?:\d+|an?|one|two|three|four|five|six|ten|a dozen)"
_MEASURE: Final = (
    r"(?:lines?|loc|chars?|characters?|words?|columns?|sentences?|paragraphs?|files?|questions?|commits?|bullets?|bullet points?|levels?|params|parameters?|"
    r"arguments?|things?|tasks?|steps?|changes?|ideas?|suggestions?|options?|functions?|methods?|class(?:es)?|commands?|agents?|subagents?|tools?)"
)
_WORKED: Final = r"(?:touch|chang|edit|modif|run|push|commit|merg|deploy|delet|remov|renam|releas|publish|install|upgrad|bump|rewrit|refactor)"
_PLACES: Final = r"(?:here\b|around here|in (?:this|our|the) (?:repo\w*|project|codebase|team|company|code|monorepo|org\w*|shop)\b|on (?:this|our) (?:project|team)\b)"
_HOUSE: Final = (
    r"(?:style(?: ?guide)?|conventions?|naming|guidelines?|idioms?|standards?|formatting|patterns?)"
)
_ITEM: Final = r"(?:[ \t]*(?:[-*•+]|\d{1,2}[.)]) [^\n]+\n*)"
# What is listed below such a line; the rules of a game that is to be made are not.
_HEADED: Final = re.compile(
    r"^[ \t#*_]*(?:(?:the|my|our|some|a few|project|coding|code|ground|house|general|hard|strict|important|technical|additional|other|basic|key|global|team|"
    r"working|standing|and|&|style) )*(?:constraints?|(?P<bare>rules)|guidelines|conventions|non-negotiables|limits|limitations|restrictions|do(?:'?s) and don'?t'?s|don'?ts|"
    r"preferences|agreements|ground rules|regeln|vorgaben|einschränkungen|règles|contraintes|reglas|restricciones|regras|restrições|правила|ограничения)"
    rf"(?: (?:for|to|of|in|on|here)\b[^\n:]{{0,40}})?[ *_]*+:?[ *_]*+\n+(?P<list>{_ITEM}+)",
    re.I | re.M,
)
_HEADS: Final = (
    "constraint", "rules", "guideline", "convention", "negotiable", "limit", "restriction", "don'ts", "donts", "preferences", "agreements",
    "regeln", "vorgaben", "einschränk", "règles", "contrainte", "reglas", "restriccion", "regras", "restriç", "правила", "ограничения",
)  # fmt: skip

# What a part of a sentence begins with, each with words of which one stands in all that is found.
LEADS: Final = (
    # A condition on what is done at any time, before the order or behind it.
    (("before ", "prior "),
     rf"{_DO}\b[^.;?]{{0,80}}?\b(?:before|prior to) (?:you (?!start\b|begin|go\b|continue|proceed|move on|answer|do (?:it|that|this|so)\b|leave)|(?:any|each|every)\b|(?!start|begin|contin|proceed|go|mov|answer|do)\w+ing\b|(?:making|committing|pushing|merging|adding|changing|touching|deleting|claiming|"
     r"declaring|saying|editing|writing|refactoring|handing|calling|running (?:any|an?)|installing|moving on)\b)"),
    (("any time ", "anytime ", "each time ", "every time ", "in case ", "as soon ", "whenever "),
     rf"(?:whenever|any ?time|every time|each time|in case|as soon as)(?: that)? (?:you\b|there(?:'s| is)|something|anything|an? )[^,;?]{{2,80}}?[,;]? {_MAIN}"),
    (("when you", "if you", "should you", "once you", "before you"),
     rf"(?:when|if|should|once|before) you (?!click|press|select|scroll|tap|hover|drag|type|log|submit|upload|open)(?:ever |really |absolutely )?(?:(?:need|hit|notice|come across|run into|encounter|spot|discover|must|have to|get stuck|feel|think|are about)\b|"
     rf"(?:are|'re) (?:stuck|unsure|in doubt|blocked|not)\b|(?:do not|don'?t|can'?t|cannot) |want to (?:add|change|touch|install|use|refactor)|\w+ (?:an?|any\w*|some\w*|new|code|files|tests)\b)[^,;?]{{0,80}}[,;] ?{_MAIN}"),
    (("anytime ", "any time ", "each time ", "every time ", "in case ", "if you", "when you", "whenever you"),
     rf"(?:please )?{_DO}\b[^.;?]{{2,80}}? (?:whenever|any ?time|every time|each time|in case|if|when) you (?:need|hit|notice|come across|run into|encounter|spot|discover|must|have to|get stuck|feel|think|are (?:about|unsure|not sure|stuck|in doubt|blocked)|\w+ (?:an?|any\w*|some\w*|new)\b|"
     r"(?:want|intend|plan) to|(?:change|add|edit|touch|remove|delete|rename|create|introduce|move|install|find|write|make) (?:an?|any\w*|some\w*|new)\b)"),
    (("i say", "i ask", "i write", "i tell", "i request", "i mention", "i mean", "i give"),
     r"(?:when(?:ever)?|if|unless) i (?:say|ask|write|tell you|request|mention|mean|give you)\b[^?]{2,80}(?:\bi (?:want|mean|expect)\b|\byou\b|[,;] ?(?:do|just|don'?t|answer|reply|it means|that means|only|no)\b)"),
    (("each ", "every ", "any ", "always", "time"),
     rf"(?:please )?{_DO}\b[^.;?]{{0,60}}? (?:after|before|between|with) (?:each|every|any) \w|(?:please )?(?:to )?{_DO}\b[^.;?]{{2,80}}? (?:always|(?:every|each) (?:single )?time)[.!]*$"),
    (("ing ", "i do ", "i handle", "i take", "i am ", " not "),
     rf"(?:before|after|when) (?!start|begin|go|mov)\w+ing (?:an?|any\w*|every\w*|each|new|code|to)\b[^,;?]{{0,50}}, ?{_MAIN}|i (?:do|handle|take care of|am in charge of) (?:the|all) \w+s(?:[.!,]|$)|"
     r"(?!(?:do|does|did|is|are|was|why|if|or|i|it|still|just|maybe|but|so|certainly|probably|definitely|absolutely|of|what|works|this|that|me|now|you|hopefully|sadly|surely)\b)[\w.+#-]{2,} not "
     r"(?!found|\w+ing\b|\w+ed\b|available|there|here|present|set|valid|null|sure|yet|enough|true|ok|visible|possible|empty|in\b|on\b|at\b|the\b|a\b|much|many|shown|so\b|all\b|\w+(?:able|ible|ive|ent|ant)\b)[\w.+#-]{2,}(?:[.!]?$|, \w| please\b)"),
    # What the user does.
    (("myself", "on my side", "on my end"),
     r"i(?:'ll| will)? (?:always )?(?:commit|push|merge|deploy|release|tag|publish|rebase)\b[^.;?]{0,30}\b(?:myself|on my (?:side|end))\b"),
    (("next time", "in future", "in the future"),
     r"(?:ask|tell|check with|show) (?:me )?(?:first |before )?(?:next time|in (?:the )?future)\b"),
    # Within what an order stands.
    (("case of", "event of", "doubt", "default", "generally", "ideally", "principle", "above all", "foremost", "importantly", "least", "one ", "single ", "less ", "fewer ", "more ", "zero ", "insist", "try ", "aim ", "strive ", "prefer ", "explain", "write", "talk", "document", "speak", "describe", "comment", " is ", "matter", "only "),
     r"(?:in case of|in the event of|if in doubt|when in doubt|by default,|generally,?|ideally,?|in principle,?|above all,?|first and foremost,?|most importantly,?|at the very least,?) (?!it\b|the\b|this|that|i\b)\w|"
     r"(?:one|a single) [\w-]+,? (?:one|a single) [\w-]+(?:[.!,]|$)|(?:less|fewer|more) \w+,? (?:and )?(?:more|less|fewer) \w+[.!]?$|zero \w+(?: \w+)?[.!]?$|i insist\b(?! i)|"
     r"(?:please )?(?:try|aim|strive|prefer) (?:hard )?to (?:re-?use|keep|stay|stick|limit|minimi[sz]e|avoid|use|follow|write|match|be|respect|preserve)\b|"
     r"(?:please )?(?:explain|write|talk|document|speak|describe|comment)\b(?! (?:it|this|that) (?:again|to)\b)[^.;?]{0,60}\b(?:as if|so that (?:a|any|every)|for (?:people|users|beginners|someone|non-\w+|newcomers|an? (?:\w+ )?(?:audience|beginner|junior|reader|layman)))\b|"
     r"(?:performance|readability|speed|correctness|simplicity|security|style|beauty|elegance|coverage|clarity|quality) (?:is (?:secondary|irrelevant|not important|paramount|no concern|not a concern|more important|everything|key)|(?:does not|doesn'?t) matter)\b|"
     r"(?:[\w-]+ ){1,3}only (?:where|when|if|as a last|after|via|through|with) (?!i\b)\w"),
    (("tests", "test code", "production", "components", "handlers", "services", "migrations", "commits", "prs", "docs", "comments", "frontend", "backend", "python", "typescript", "javascript", "go", "rust", "java", "sql", "css"),
     r"(?:in|for|inside) (?:the |our |all |new )?(?:tests|test code|production code|components|handlers|services|migrations|commits|prs|docs|comments|frontend|backend|python|typescript|javascript|go|rust|java|sql|css),? "
     r"(?:please |we |you |i )*(?:use|keep|prefer|avoid|follow|write|stick|never|always|only|no|don'?t|want|must)\b"),
    (("write ", "name ", "prefix ", "suffix ", "sign ", "tag ", "number ", "put ", "place ", "store ", "keep ", "save "),
     r"(?:please )?write (?:all |the |your |any )?(?:code|tests|comments|docs|commit messages|messages|everything|sql|docstrings|answers|names) (?:in|with|as|like|so)\b|"
     r"(?:please )?(?:name|prefix|suffix|sign|tag|number) (?:all |your |the |new |every )?(?:tests?|branch(?:es)?|files?|variables|commits?|functions|classes|migrations?|releases?|columns|prs|modules|components) |"
     r"(?:please )?(?:put|place|store|keep|save) (?:all |your |any |new )?(?:tests|files|helpers|types|docs|notes|scripts|logs|artifacts|temp\w*|scratch|fixtures|constants|generated) (?:\w+ )?(?:in|into|under|next to|at|inside) "),
    # What is asked of whoever works, by how it is to be.
    (("brief", "concise", "terse", "short", "honest", "explicit", "careful", "conservative", "strict", "critical", "direct", "blunt", "precise", "consistent", "minimal", "defensive", "pragmatic", "frugal", "sparing", "specific", "mindful", "sceptical", "skeptical"),
     r"be (?:as |very |really |more |extra |super |a bit |brutally )*(?:brief|concise|terse|short|honest|explicit|careful (?:with|not|when|about)|conservative|strict|critical|direct|blunt|precise|consistent|"
     r"minimal|defensive|pragmatic|frugal|sparing|specific|mindful|skeptical|sceptical)\b"),
    (("care", "hard ", "remember ", "mind ", "quit ", "cease ", "nothing ", "make it a ", "spare me", "enough ", "skip ", "drop ", "lose ", "cut ", "omit "),
     r"(?:take care|be careful|remember|try hard|mind) (?:not )?to (?!do (?:it|this|that)\b)\w|(?:quit|cease) \w+ing\b|nothing (?:fancy|clever|magic\w*)\b|make it a (?:habit|rule|point)\b|spare me\b|enough (?:with|of) the\b|"
     r"(?:skip|drop|lose|cut|omit) the (?:apolog|praise|preamble|summar|pleasantr|emoji|fluff|chatter|small talk|crap|disclaimer|intro|recap|filler|flattery|explanations?\b)"),
    (("treat ", "regard ", "consider "),
     r"(?:treat|regard) [^,;.]{2,50} as \w|consider [^,;.]{2,40} (?:frozen|off[- ]limits|read-only|final)\b"),
    (("keep ", "stay ", "steer ", "default ", "favor", "favour", "value ", "limit ", "restrict ", "confine ", "scope "),
     r"(?:keep|stay|steer) (?:your \w+ |well )?(?:off|away|clear|out) ?(?:of|from)?\b(?! (?:state|button|screen|the (?:screen|edge|page))\b)|default to \w|favou?r \w|value \w+ over\b|"
     r"(?:limit|restrict|confine|scope) (?:yourself|the (?:changes?|edits?|diff|work|scope)|your|this|it|all|any|changes|edits)\b[^.;]{0,40} to\b"),
    (("step by", "one by", "at a time", "by piece", "incrementally", "in small", "by file", "slowly"),
     r"(?:please )?(?:work|go|proceed|commit|tackle|handle|refactor|migrate|take|do) [^.;?]{0,40}\b(?:step by step|one by one|one at a time|piece by piece|incrementally|in small|file by file|slowly)\b"),
    (("rest of", "existing ", "surrounding ", "current ", "established ", "our ", "the other ", "what's", "whats"),
     r"(?:(?:please )?(?:follow|match|mirror|copy|use|keep|respect|mimic|write|do) [^.;?]{0,50}\b)?(?:like|as in|same as|just as|matching|consistent with|in line with|following|according to|(?:follow|match|mirror|mimic|respect|reuse)\w*) "
     rf"(?:in )?(?:the rest of (?:the |our |this )?\w|(?:the |our )?(?:existing|surrounding|current|established) (?:code|tests|{_HOUSE}|structure|files|modules)|our (?:\w+ )?{_HOUSE}|"
     r"the other (?:tests|modules|files|services|components|commands|handlers|packages|classes)|what'?s (?:already )?there)"),
    (("constraint", "rule", "convention", "guideline", "style", "preference"),
     r"(?:constraints?|rules?|ground rules|conventions?|guidelines?|code style|style|preferences?)(?: here| for (?:this|you))?: ?\w"),
    (("assume ", "presume ", "act ", "behave ", "your ", "when ", "whenever "),
     r"(?:then |and )?(?:assume|presume) (?:i\b|you\b|we\b|that|no\b|nothing|every|the (?:reader|user knows))|(?:act|behave) (?:as|like) (?:an?|if)\b|your (?:only |sole )?(?:role|job) (?:here |today )?is (?:only |just )?to\b|"
     rf"(?:please )?{_DO}\b[^.;?]{{2,80}}? when(?:ever)? (?:you )?(?:explain|answer|reply|writ|comment|commit|report|summari|talk|speak|document|cod|refactor|renam|nam)\w*\b"),
    # Where to work, with what, and in which form.
    (("in ", "inside ", "within ", "under ", "off ", "branch", "copy", "fork", "worktree", "stay ", "stick ", "remain "),
     r"(?:please )?(?:work|stay|do (?:it|this|that|everything|all)) (?:only |strictly )?(?:(?:in|inside|within|under|off) (?!it\b|progress|this\b|that\b|order\b|sync|parallel)\w|on (?:an? |the |your |my )?(?:new |separate |own )?(?:[\w/-]+ )?(?:branch|copy|fork|worktree)\b)|"
     r"(?:we(?:'ll| will)? |let'?s )?(?:stay|stick|remain) (?:on|with|at|below|under) \w"),
    (("use ", "for "),
     r"use (?:our|plain|vanilla|native|built-?in|standard|named|relative|absolute|explicit|semantic|strict|british|american|existing|real|functional|typed|conventional|proper) (?!one\b)\w+|"
     r"use the (?:existing|shared|common|standard|official|built-?in|provided|project'?s?|company'?s?|repo'?s?|design|theme) \w+s\b|"
     r"for (?!this|that|it\b|now|the\b|me\b|some|a\b|example|instance)[\w-]+(?: [\w-]+)?,? (?:please )?(?:use|go with|stick|follow|prefer|rely)\b"),
    (("name", "naming", "column", "table", "key", "constant", "heading", "title", "label", "file", "identifier", "variable", "route", "slug", "quotes", "commas", "space", "tab"),
     r"(?:singular|plural|descriptive|lower-?case|upper-?case|snake[-_ ]?case|camel[-_ ]?case|kebab[-_ ]?case|pascal[-_ ]?case) (?:[\w-]+ )?(?:names?|naming|columns?|tables?|keys?|keywords?|constants?|headings?|titles?|labels?|files?|filenames?|identifiers?|variables?|routes?|slugs?)\b|"
     r"(?:single|double) quotes\b|trailing commas\b|(?:\d|two|four)[- ]spaces?\b|tabs?,? (?:not|no|over)\b"),
    (("messages ", "docs ", "logs ", "comments ", "dates ", "times ", "amounts ", "prices ", "names ", "styles ", "tests ", "commits ", "strings ", "text ", "texts ", "identifiers ", "docstrings "),
     r"(?:all |the )?(?:error messages|messages|docs|logs|comments|dates|times|amounts|prices|names|styles|tests|commits|strings|texts?|variable names|identifiers|docstrings) (?:as|in|next to|under|inside) (?!the (?:screen|page|console|list|log)|this|that|it\b)"
     r"(?!.*\b(?:is|are|was|were|fails?|failed|has|have|does?|look|show|do)\b)[^?]{2,60}$"),
    (("readability", "performance", "speed", "simplicity", "correctness", "security", "safety", "accuracy", "quality", "clarity", "accessibility", "stability", "privacy", "compatibility"),
     r"(?:readability|performance|speed|simplicity|correctness|security|safety|accuracy|quality|clarity|accessibility|stability|privacy|backwards? compatibility)\b[^?,]{0,40}\b(?:over|first|beats?|wins?|matters? more|more important|priority|above)\b"),
    # Whose it is, and what is never done by who works.
    (("anyone ", "everyone ", "everything ", "anything ", "whatever "),
     r"(?:anyone|everyone|everything|anything|whatever) (?:[\w-]+ ){0,4}?(?:ha(?:s|ve) to|must|needs? to|should|ought to|is to|goes) (?!work|pass|be (?:green|fine|back|there|fixed)|wrong|down|away|well|restart|reload)\w"),
    (("myself", "ourselves", "my own", "by hand"),
     r"(?:i|we)(?: always| only)? (?:do|handle|run|write|make|commit|push|merge|deploy|release|publish|tag) [^.,;]{2,40} (?:myself|ourselves|on my own|by hand)\b"),
    (("forget", "remember", "mind", "aware", "important", "attention", "reminder", " our ", "same ", "all ", "every ", "only ", "without ", "i usually", "i normally", "i generally", "i always", "i typically", "i do", "i dont"),
     r"(?:don'?t forget|remember|keep in mind|bear in mind|be aware|mind)(?:,|:| that) ?(?:we|you|all|the|our|every|no|any|this|these)\b|(?:important|attention|reminder)[:!] ?\w|"
     r"(?:all|each|every)(?: one)?(?: of)? our [\w-]+(?: [\w-]+)? (?:(?:are|is) (?!fail|broken|red\b|gone|down|slow|missing|empty|wrong|not\b)|(?:use|have|has|go|follow|live|start|end|need|must|should|get)s?\b)|(?:in|at|on) our (?:team|company|shop|org\w*|project|group|code(?:base)?)\b|same [\w ]{2,30} as (?:elsewhere|everywhere|in (?:the )?(?:other|rest|existing)|the (?:rest|existing))|"
     r"(?:all|every|only) [\w-]+(?: [\w-]+)? (?:via|through|behind|as|in|under|by) [\w-]+[.!]?$|(?:[\w.+#-]+ ){1,2}(?<!works )(?<!runs )(?<!fails )(?<!fine )without [\w.+#-]+(?:,? please)?[.!]?$|"
     r"i (?:usually|normally|generally|always|typically) (?:want|prefer|like|expect)\b|i (?:don'?t|do not) need (?:an? |any |all |your |long |the )*(?:explanations?|summar\w+|tests|docs|comments|options|backwards?|fancy|perfect|abstractions?)\b"),
    ((" over ",),
     r"[\w-]+ (?:[\w-]+ )?over [\w-]+(?: [\w-]+)?[.!]?$"),
    (("only i ", "only we ", "next time", "no further", "no additional"),
     r"only (?:i|we) (?:do |may |can |get to )?(?!see|saw|get\b|got|have|had|need|know)\w+|next time,? (?!i\b|it\b|the\b|we (?:meet|talk))\w|no (?:further|additional) (?!questions?\b|ado)\w"),
    (("support ", "target "),
     r"(?:support|target) (?:only )?(?:[a-z.+#]+ ?)?\d[\w.]*"),
    (("compat", " only", "-only", "or newer", "or later", "or higher", "or above", "and up", "and above", "and later", "and newer"),
     r"[a-z][\w.+# -]{1,20} ?\d[\w.]*\+?[ -](?:compatible|or (?:newer|later|higher|above)|and (?:up|above|later|newer)|compat|only)(?:[.,;!]|$| (?:please|pls)\b)"),
)  # fmt: skip

# What stands anywhere, each with words of which one stands in all that is found.
PARTS: Final = (
    # No exception.
    (("at no ", "in no ", "on no ", "no matter", "exception", "full stop", "negotiable", "whatsoever", "henceforth", "from this point", "starting now", "future ref"),
     r"\b(?:at no (?:time|point)|in no case|on no account|no matter (?:what|how)|(?:no|without) exceptions?|non-negotiable|not negotiable|whatsoever|henceforth|from this point (?:on|forward)|starting now|for future reference)\b|[.,] full stop\b"),
    ((" ever",), r"\b(?:no|don'?t|not|never|none)\b[^?]*\bever(?: again)?[.!]*$|\bnot ever\b"),
    ((" you ",), r"\b(?:every|each|any|all)(?:thing|one| the| of the)? ?(?:new )?(?:[\w-]+ )?(?:that |which )?you (?:touch|change|write|add|create|edit|make|open|modify|introduce|generate|produce|claim|commit|install|rename|give|send|hand)\b|\bwhatever you (?:touch|change|write|add|create|do|make)\b"),
    (("never",), r"\bnever,? (?:ever|again)\b"),
    (("business", "concern", "be written", "be implemented", "be coded", "nothing to do"), r"\b(?:none of your (?:business|concern)|not your concern|nothing to do with you)\b|\b(?:should|must|needs? to|ha(?:s|ve) to) be (?:written|implemented|coded) (?:in|with|using)\b"),
    (("unless",), r"\bunless (?:i (?!am|was|re|restart|click|press|log)\w+|we (?:agree|discuss|talk)|told|asked|instructed|explicitly|absolutely|strictly|really|necessary|needed|required|otherwise|you (?:ask|have (?:to|asked|checked)|are (?:sure|certain|told|asked))|there(?:'s| is) (?:a|no) (?:good|other|real))\b"),
    # What is forbidden, or is another's.
    (("forbidden", "not allowed", "approval", " sign", "my ok", " review", "consent", "prohibit", "permi", "verboten", "taboo", "no-go", "off the table", "banned", "bounds", "of scope", "untouchable", "frozen", "sacred", "a must", "an absolute", "dealbreaker", "deal breaker", "no-no", "important to", "important for", "paramount"),
     r"\bit(?:'s| is) not allowed to\b|\b(?:needs?|requires?) (?:my|our|an?) (?:\w+ )?(?:approval|ok|review|sign-?off|permission|consent)\b|\b(?:(?:is|are|it'?s) (?:strictly |absolutely |completely |also )?(?:forbidden|prohibited|verboten|taboo|a no-go|not permitted|banned|off the table|out of bounds|out of scope|untouchable|sacred|an? (?:absolute )?(?:must(?:-have)?|deal ?breaker|no-no)|important (?:to|for) (?:me|us)|paramount)|strictly (?:forbidden|prohibited)|"
     r"(?:rest|schema|api|folder|directory|module|branch|main|master|interface|contract|format|code|database|table|version)s? (?:is|are) frozen)\b|\byou (?:have no|don'?t have|do not have) (?:\w+ )?permission\b"),
    (("we can", "we won"), rf"\bwe (?:(?:won'?t|will not|must not|may not) (?:be )?us|(?:can'?t|can ?not|won'?t|will not|must not|may not|(?:are|'re) not (?:going|allowed) to) (?:be )?(?:{_WORKED}|afford|risk|add|support|replac|migrat|mov))\w*"),
    (("dare", "you ever", "per our", "per the", "the better", "rather not", "managed by", "owned by", "maintained by", "controlled by", "generated "),
     r"\bdon'?t you (?:dare|ever)\b|\b(?:as )?per (?:our|the) (?:\w+ )?(?:conventions?|style|guidelines?|policy|rules|standards?)\b|\bthe \w+er,? the better\b|\brather not\b|"
     r"(?:\b(?:files?|folder|lock ?file|schema|docs|config\w*|code|modules?|package|director\w+|branch|pipeline)|\w\.\w{1,5}|\w/[\w-]*) (?:is|are) (?:managed|owned|maintained|controlled|generated) (?:automatically|by)\b"),
    (("you ", "not your", "nobody ", "no one ", "no-one "),
     r"\byou (?:do not|don'?t|never) get to\b|\byou have no (?:business|right)\b|\byou(?:'re| are) not (?:supposed|expected|meant) to\b|\byou(?:'re| are) (?:not here|only here|here only) to\b|\bnot your (?:job|business|call|decision)\b|"
     rf"\b(?:nobody|no[- ]?one)(?: but me| except me| else)? (?:(?:{_WORKED}|us|writ|mock)(?!able)\w*|gets to|is (?:to|allowed))\b|"
     r"\b(?:you (?:can|may|could)|you(?:'re| are) (?:free|allowed|welcome) to) [^.;?]{2,60}?,? (?:(?:but )?(?:not?|never|only|don'?t|do not|keep|leave|nothing|please|ask|make sure|tell|without)|as long as|so long as|provided|except|only if)\b"),
    (("feel free",), r"\bfeel free to [^.;?]{2,60}?,? (?:but|as long as|so long as|provided|unless|except)\b"),
    (("my ", "mine", " me", "reserved", "the one who", "the only one"),
     r"\b(?:is|are|stays?|remains?) (?:my (?:job|call|decision|thing|responsibility|business)|with me|up to me|reserved)\b|\bi(?:'m| am) the (?:only )?(?:one|person) (?:who|to|that) \w+s?\b|"
     r"\bleave [^,;:.?]{2,60} (?:to|for) me\b|\b(?:run|go|goes|clear) [^.;?]{0,40}(?:by|past|through|with) me(?: first| before\b)|\bgoes? through me\b"),
    (("nothing ", "anything "), r"\bnothing (?:gets?|is|goes|leaves|may|lands|ships|will) (?:be )?\w*[^.;?]{0,30}\b(?:without|until i|before i|unless)\b|\b(?:and |but )?nothing (?:else|more|beyond (?:that|this|it))(?:[.!,;]|$| (?:please|for now))"),
    # Bounds.
    (("more than", "at most", "max", "up to ", "less than", "fewer than", "under ", "below ", "at least", "within "),
     rf"\b(?:(?:no|not|never) (?:more|longer) than|at most|max(?:imum|\.)?(?: of)?|fewer than|less than|under|below|within|up to) {_FEW} {_MEASURE}\b|"
     r"\b(?:keep|must|should|stay|stays|cannot|can'?t|may not|never|needs to|has to)\b[^.;?]{0,40}\b(?:above|below|under|at least|at most|exceed|less than|more than|within) \d+ ?(?:%|percent|lines|loc|chars?|kb|mb|gb)"),
    (("this pr", "this branch", "this ticket", "this commit", "this task", "this session", "this change", "this refactor"),
     r"\bthis (?:pr|branch|ticket|commit|task|session|change|refactor\w*) (?:is (?:only|strictly|just|purely)|should only|must(?: not| only)?|may (?:only|not)|(?:only )?(?:covers|contains|touches|concerns) only|shouldn'?t|is not (?:about|for)|isn'?t (?:about|for))\b|"
     r"\b(?:no|not|nothing|only|without)\b[^.;?]{1,50}\b(?:in|for|during|throughout) this (?:pr|branch|ticket|task|session)\b"),
    (("enough", "plenty", "sufficient", "do one ", "then wait", "and wait", "then stop", "and stop", "nowhere", "nobody else", "as always", "as usual", "too "),
     rf"\b{_FEW} {_MEASURE} (?:is|are|will be) (?:enough|plenty|fine|sufficient)\b|\bdo one [\w-]+(?: at a time\b|,)|\b(?:then|and) (?:wait|pause|stop and wait)\b(?: for (?:me|my)\b|[.!,]|$)|\b(?:and|but) nowhere else\b|, as (?:always|usual)[.!]?$|"
     r"\byour (?:\w+ )?(?:answers|replies|explanations|messages|commits|comments|functions|prs|diffs|summaries|responses|outputs?) (?:is|are|get|keep getting) (?:way |far |much |a bit |really |all )*too (?:long|verbose|big|large|wordy|chatty|detailed|clever|compl\w+|short|noisy|vague)\b"),
    (("reject", "accept", "merged", "spec", "truth", "contract", "insist", "require", "demand", "forbid"),
     r"\b(?:functions?|prs?|commits?|files?|classes|methods|code|changes|patches|branches)\b[^.;?]{0,50}\b(?:(?:will|would|gets?|are|is) (?:be )?(?:rejected|refused|not (?:be )?(?:accepted|merged))|(?:won'?t|will not|cannot) be (?:accepted|merged|approved))\b|"
     r"\b(?:is|are) (?:the|our) (?:spec|(?:single )?source of truth|contract|gold standard)\b|"
     r"\b(?:client|customer|boss|manager|cto|legal|security|ops|team|compliance|reviewers?|maintainers?|lead|auditors?) (?:insists?|requires?|demands?|forbids?|(?:won'?t|will not|does not|doesn'?t) (?:accept|allow|approve|merge|want))\b"),
    # How it is done here.
    (("we ",), r"(?:^|[,;:] |\b(?:and|but|that|as|since|because) )we (?:always |only |all |usually |just )*(?:merge|squash|rebase|ship|release|deploy|target|support|follow|require|expect|pin|review|lint|document|stay|stick) (?!it\b|this|that|them|.*\b(?:today|tonight|tomorrow|soon|next|\w+day|in \d|later)\b)\w"),
    (("let me ", " to see", " to review", " to approve", " to know", " to be ", " to decide", " to confirm", " to check", " to read"),
     r"\blet me (?:review|approve|decide|confirm|sign off)\b|\bi(?:'d| would)? (?:want|need|like|prefer) to (?:see|review|approve|know|be (?:asked|told|informed)|decide|confirm|check|read|sign)\b[^.;?]{0,60}\b(?:before|each|every|any)\b"),
    (("we ", "we'", "our ", "team"),
     rf"\bwe (?!have\b|had\b|see\b|saw\b|get\b|got\b|need\b|miss|lost|can\b|could|should|would|will|are\b|were|did\b|do\b|do not|don'?t|never (?:get|see|rec)|only (?:get|see)|go\b|want\b|might|may\b)(?:all |always |usually |generally |strictly |only |never )*\w+ (?!it\b|this\b|that\b|them\b)[^.;?]{{2,60}}\b{_PLACES}|"
     r"\bour (?:\w+ )?(?:convention|practice|habit|policy|rule|standard|style) (?:is|says)\b|\b(?:is|are) our (?:\w+ )?(?:convention|practice|policy|rule|standard|style)\b|"
     r"\b(?:the|my|our) team (?:agreed|decided|prefers|uses|wants|likes|insists|hates|dislikes)\b|\bwe(?:'re| are) (?:still )?(?:stuck with|targeting|limited to|(?:stuck )?on [a-z.]+ ?\d)"),
    (("style", "convention", "idiom"), rf"\b(?:in|with) (?:the |our )?(?:same |house |project |existing |usual )*{_HOUSE} (?:as|like|of) (?:the |our )?(?:rest|others?|existing|surrounding)\b|\bstyle (?:like|as in|as) (?:the|in the) (?:rest|other)"),
    # A wish that stands, a complaint of what was done before.
    (("appreciate", "would ", "'d ", "fan of", "hate ", "t stand ", "dislike", "i like", "t like ", "really like", "love it", "many times", "told you", "asked you", "keep telling", "last time", "annoy"),
     r"\b(?:i'd|i would|it would|it'd)(?: (?:really|also|much|very much))? (?:appreciate|love|like|be (?:grateful|happy|happier|glad|nice|great|good|better|cool|helpful|thankful|obliged|pleased))(?: it)? if you (?:\w+ )?(?:could |would |can |please )?(?:keep|kept|ask|avoid|stop|stuck|stick|tell|told|check|not\b|didn'?t|wouldn'?t|don'?t|always|never|limit|use[d]? (?:fewer|less|more))|"
     r"\bi(?:'m| am) (?:not (?:a (?:big |huge )?fan of|a friend of)|allergic to|strict about|picky about)\b|\bi (?:really )?(?:hate|can'?t stand|dislike|don'?t like|like it|love it|don'?t appreciate|don'?t want to see)(?: it)? (?:when (?:you|code|functions|people)|\w+ing\b|seeing|one-|long|huge|clever|magic)|"
     r"\b(?:told|asked|telling|asking) you (?:\w+ ){0,2}not to\b|\bhow many times\b.*\b(?:don'?t|not|no|never|use|stop|we)\b|\bfor the (?:last|third|second|hundredth|nth|tenth) time\b[,:]? |\b(?:told|telling) you (?:\w+ ){0,2}(?:that )?(?:we|to (?:use|keep|ask|run|stop|leave))\b"),
    (("using ", "long as", "matters to", "matter to"), r"\busing (?:the existing|our|only|plain|the same) \w|\b(?:use|pick|choose|take|do|any|whatever)\b[^.;?]*\b(?:as|so) long as\b|\bmatters? (?:a lot )?to (?:us|me)\b"),
    (("without ",), r"\bwithout (?!reload|refresh|log|click|leav|clos|open|show|scroll|restart|wait|typ|enter|block|being)\w+ing (?:in |up |on |out )?(?:an?|any|another|more|new|extra|other|further|my|our|me|existing|anything|the (?:existing|old|current|public|other))\b|\bwithout (?:consulting|telling|discussing|permission|approval|prior|explicit|a (?:good reason|test|review|reason)|being asked|checking with|warning me|confirmation|consent)\b"),
    (("only", "just "), r"\b(?:do|implement|change|touch|fix|build|write|edit|review|work on) (?:just |only )?the [\w-]+(?: [\w-]+)?(?: part| side| half| layer)? only\b|\b(?:do|implement|build) (?:just|only) the [\w-]+(?: [\w-]+)? (?:part|side|half|layer)\b"),
    (("the rest",), r"\bthe rest (?:of [^,.;]{2,30} )?(?:stays|is (?:frozen|off|not|fine|none)|remains|must|should (?:stay|remain|not)|can stay|as (?:it )?is)\b"),
    (("i need ", "i want ", "we need ", "i'd like "), r"\b(?:i|we)(?:'d)? (?:need|want|like) [^.;?]{2,50}? to (?:remain|stay|keep|continue|always|never|still|only|follow|match|be (?:left|kept|in (?:english|german|french)|small|short|separate|reviewed|reviewable|documented|tested))\b"),
    (("each ", "every ", "any ", "all "), r"\b(?:each|every|any|all) new (?!line\b|row|tab\b|window|user|message|order)\w+ (?:[\w-]+ )?(?:gets?|goes?|needs?|must|should|comes?|has to|have to|starts?|lives?|is to|are to)\b"),
)  # fmt: skip

# Asks, but for something to be done.
POLITE: Final = re.compile(
    r"^(?:can|could|would(?! you (?:never|always|ever|say|rather|prefer))|will) you\b|^please\b|\bplease\b|\b(?:can|could) we (?:\w+ )?stick\b"
)
# Gives leave, and sets nothing.
_LEAVE: Final = re.compile(
    r"(?:(?:ok(?:ay)?|actually|well|alright|fine|yes|from now on|now|and|so|then|also)\b[,.]? ?)*(?:you (?:can|may|don'?t (?:need|have) to|do not (?:need|have) to|no longer (?:need|have) to)\b|no need to\b|"
    r"(?:it(?:'s| is) (?:now )?(?:fine|ok|okay|allowed)|feel free) to\b|(?!the\b|it\b|this|that)[\w -]{2,50} (?:is|are) (?:now |again )*(?:fine|ok|okay|allowed)\b)"
)
_AGAIN: Final = re.compile(
    r"\b(?:from now on|now|again|any ?more|any longer|after all|actually|yourself|no longer|from (?:here|this point) on)\b"
)
_BUT: Final = re.compile(
    r"\b(?:only|not(?! (?:need|have) to)|never|but|unless|no(?! longer| need)|without(?! asking)|as long as|except|must|until|instead|don'?t(?! (?:need|have) to))\b"
)


def gives_leave(plain: str) -> bool:
    """Tell whether a sentence gives leave for what was not allowed before, and bounds it by nothing."""
    return _LEAVE.match(plain) is not None and _AGAIN.search(plain) is not None and _BUT.search(plain) is None


def listed(text: str, made: bool) -> str:
    """Return what a prompt lists below a line that calls it constraints, rules or conventions, of the work."""
    low = text.lower() if "\n" in text else ""
    if not any(map(low.__contains__, _HEADS)):
        return ""
    return "\n".join(found["list"] for found in _HEADED.finditer(text) if not (made and found["bare"]))
