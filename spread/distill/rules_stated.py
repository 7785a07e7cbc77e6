"""Rules that only state how things of the work are: "errors are values here", "headings in sentence case", "single quotes".

No word of them orders anything, and no scope is named. They are known by what they speak of, which is few things, by a verb
that tells what is always so, and by what does not stand with it: a time, a fault, or one thing among others.
"""

import re
from typing import Final

# Too short for any other rule; where no more is said, they rather answer a question.
SHORT: Final = re.compile(
    r"(?:tabs|yagni|kiss|dry|tdd|no (?:any|gpl|npm|yarn|jsx|orms?|php|css|goto|eval|sudo|docker))[.!]*"
)

_END: Final = r"(?=[.,;!)]|$| (?:and|but|so|please|pls|because|since|as|not|no)\b)"
# With these a sentence tells what happens, or of one thing; all of it is looked at, so what costs less is asked before.
_REPORTS: Final = (
    r"(?![^.;]*\b(?:now|still|again|yet|currently|today|yesterday|tomorrow|broken?|breaks?|wrong|missing|fail\w*|crash\w*|hangs?|why|instead|(?:does|do|is|are|was|were|did|has|have)n'?t|"
    r"looks?|seems?|weird|odd|strange|too|empty|gone|lost|slow\w*|shown|visible|displayed|appear\w*|happen\w*|suddenly|sometimes|apparently|line \d+|there|but (?:it|they|the|i|we)|was|were|did|had|users?|customers?|visitors?|admins?|players?|guests?|this (?:page|one|time|file)|because)\b)"
)
_NOT_ONE: Final = r"(?!the\b|this\b|that\b|these\b|those\b|some\b|my\b|your\b|his\b|her\b|two\b|three\b|\d|no\b|it\b|its\b|most\b|many\b|which\b|what\b|more\b|there\b|i\b|we\b|you\b|they\b|and\b|if\b|when\b|in\b|on\b|for\b|with\b|add\b|fix\b|write\b|make\b|create\b|show\b|check\b|run\b|see\b|move\b|put\b|update\b|remove\b|delete\b|use\b|try\b|do\b|get\b|give\b|need\b|not\b|now\b|then\b)"
# Things of the work that a rule speaks of, in the plural or of no number.
_THINGS: Final = (
    "errors", "exceptions", "warnings", "dates", "times", "timestamps", "money", "amounts", "prices", "ids", "keys", "urls", "paths", "units", "angles", "distances", "colours", "colors", "strings", "texts", "labels",
    "names", "types", "tests", "mocks", "fakes", "fixtures", "logs", "logging", "config", "configs", "configuration", "settings", "secrets", "credentials", "tokens", "migrations", "handlers", "controllers", "services",
    "components", "views", "hooks", "helpers", "state", "logic", "validation", "queries", "sql", "styles", "css", "styling", "classes", "functions", "methods", "modules", "files", "imports", "exports", "commits", "branches", "prs",
    "releases", "deploys", "deployments", "merges", "docs", "comments", "docstrings", "headings", "indexing", "indexes", "indices", "indentation", "io", "code", "variables", "constants", "enums", "structs",
    "interfaces", "endpoints", "routes", "responses", "requests", "payloads", "events", "transactions", "dependencies", "deps", "assets", "icons", "images", "translations", "templates", "scripts", "subjects", "messages", "headers",
    "titles", "numbers", "figures", "sources", "data", "subtitles", "captions", "footnotes", "citations", "quotes", "rounding", "models", "schemas", "fields", "columns", "tables", "pipelines", "jobs", "versions", "packages", "bumps", "calls", "citations", "settings",
)  # fmt: skip
_THING: Final = rf"(?:all |our |any |every )?(?:(?!(?:for|in|with|of|to|are|is|as|from|have|run|get|the|these|those|this|that|two|an?)\b)[\w/-]+ ){{0,2}}(?:{'|'.join(_THINGS)})"
# What a thing of the work is.
_IS: Final = (
    r"(?:iso|utc|rfc|si\b|uuid|ulid|int(?:eger)?s?\b|cents?\b|values\b|strings?\b|floats?\b|decimals?\b|enums?\b|immutable|read-?only|private|internal|async|synchronous|typed|nullable|(?:lower|upper|kebab|snake|camel|pascal)[-_ ]?case|"
    r"english|german|french|spanish|markdown|json|yaml|toml|plain text|errors\b|my (?:job|thing)|your job|"
    r"(?:named|written|stored|prefixed|suffixed|kept|handled|made|cut|run|done|sorted|wrapped|returned|passed|declared|defined|translated|reviewed|generated|injected|loaded|read|logged|tested|merged|squashed|signed|versioned|pinned|formatted|rounded|counted|given|spelled|documented|quoted) "
    r"(?:by|in|as|at|with|from|through|via|like|after|under|to|on|before|per|next to|alphabetically)\b)"
)
_DONE: Final = r"(?:edited|touched|swallowed|ignored|hard-?coded|mocked|committed|nested|mutated|abbreviated|translated|rebased|squashed|disabled|reused|renamed|deleted|skipped|thrown|caught|amended|force-?pushed|duplicated|copied|exported|shared|global|optional|public)"
_STATES: Final = (
    rf"(?:(?:are|is) (?:always |all |only )?{_IS}|gets? (?:always |all )?(?:named|stored|prefixed|suffixed|wrapped|declared|versioned|pinned|formatted|rounded|documented|quoted|injected) (?:by|in|as|with|from|through|via|like)\b|(?:are|is) (?:always |only )?(?:in|as|from|via|per) (?!the\b|an?\b|this|that|my|your|front|place|use|progress|sync|order|there)|"
    rf"(?:are|is) (?:never|always|only) {_DONE}\b|(?:are|is) not {_DONE} (?:by hand|here|manually|directly)\b|"
    r"(?:always |never |only )?(?:stays?|lives?|belongs?|remains?) (?:in|on|at|below|under|with|inside|out|next|private|internal|thin|short|small|pure|flat|simple|dumb|local|optional|english|separate|free|close|stable|sorted|green|read-?only|untranslated|unchanged)\b|"
    r"(?:always |never |only )?(?:go|goes) (?:to|in|into|through|under|next to|via|behind)\b|(?:always |never |only )?comes? (?:from|before|after|last|first)\b(?! (?:an?\b|here|me\b|you\b))|"
    r"(?:always |never |only )?gets? (?:(?:an?|their|its|the|no|one) )?(?:own )?(?:alt|tests?|docs?|jsdoc|docstrings?|doxygen|prefix|suffix|names?|types?|comments?|entry|migration|changelog|header|index|story|id|unit)\b|"
    r"(?:always |never |only )?runs? (?:offline|without|in (?!the\b|an?\b)|against|as (?!expected)|under|locally|headless)\b|(?:always |never )?starts? (?:at|with|from)\b|"
    r"(?:always |never |only )?(?:use|follow|return|extend|implement|inherit|import|depend on|end (?:in|with)|begin with|carry|mirror|wrap)s? (?!it\b|this|that|too|the same (?:error|value|result))\w|"
    r"(?:have|has) (?:an? |their own |its own |no |one |at most |exactly )(?!errors?\b|problems?|issues?|bugs?|idea|effect|output|results?|to\b)\w)"
)
# Words of style that say it alone.
_STYLE: Final = (
    r"(?:(?:hard |real )tabs|tabs (?:please|only|everywhere)|(?:two|four|eight|2|4|8)[- ]spaces?(?: indent\w*| per level)?(?! (?:too|between|before|after|in\b|at\b))|(?:single|double|straight|curly) quotes|(?:no )?semicolons|trailing commas?|"
    r"oxford commas?|(?:snake|camel|pascal|kebab|sentence|title|lower|upper)[-_ ]?case|(?:first|second|third) person(?: plural| singular)?|(?:present|past) tense|(?:metric|imperial|si) units|celsius|fahrenheit|linear history|immutable (?:data|types|objects|state)|us (?:spelling|english)|(?:latex|markdown|json|csv|html|pdf) output|pure functions(?: where(?:ver)? (?:you|we) can| only)?|(?:active|passive) voice|imperative(?: mood)?|"
    r"(?:informal|formal|neutral|friendly|sober|casual|polite|plain|dry|factual) (?:tone|voice|style|language)|yagni|kiss|tdd|bdd|(?:table-driven|property-based|parameteri[sz]ed|data-driven|black-box|white-box) tests|"
    r"given/when/then(?: \w+)?|arrange[-/, ]+act[-/, ]+assert|(?:black|ruff|prettier|gofmt|rustfmt|clang-format) format(?:ting)?|(?:clippy|lint|ruff|mypy|eslint|shellcheck) clean|"
    r"(?:google|numpy|sphinx|airbnb|linux kernel|kernel|allman|k&r)[- ]style(?: (?:docstrings|comments|code|guide|braces))?|everything (?:async|typed|immutable|lazy|pure|stateless|private by default)|british|british english|american english)"
)
# What goes wrong is in something, with something, too; and words that look like more than one thing.
_FAULTS: Final = r"(?:errors?|exceptions?|warnings?|problems?|issues?|bugs?|troubles?|failures?|conflicts?|questions?|thanks|thx|greetings|regards|results?|changes?|differences?|typos?|mistakes?|glitch\w*|leaks?|gaps?|holes?|users?|customers?|visitors?|players?|guests?|people|orders?|items?|rows?|pages?|steps?|cases?|things?|stuff|parts?|points?|reasons?|plus|perhaps|always|sometimes|this|its|yes|as|us|his|hers|ours|yours|was|is|has|does|bonus|status|focus|access|process|progress|success|basis|analysis|css|alles)"
_DOES_IT: Final = r"(?:crash\w*|fails?|works?|hangs?|breaks?|looks?|seems?|happens?|shows?|runs?|stops?|starts?|throws?|returns?|goes|comes|gets?|ends?|dies|loads?|builds?|compiles?|passes|prints?|says?|reads?|writes?|opens?|closes?|appears?|occurs?|depends?|needs?|wants?|makes?|takes?|uses?|deals?|starts?|continues?|proceeds?|agrees?|helps?|plays?|sits?|fits?|ships?|exits?|responds?|replies|matches|differs?|begins?|lives?|stays?|keeps?|add|fix|write|make|create|show|check|run|see|move|put|update|remove|delete|use|try|replace|rename|convert|store|save|export|import|load|send|render|list|sort|group|wrap|mark|fill|start|stop|open|close|call|name|change|test|build|merge|compare|combine|split|read|set|give|get|let|keep|do|don't|also|then|and|but|so|or|all|both|same)"
_WHO: Final = r"(?:i|you|we|my colleague)"
_PART: Final = r"(?:commit|push|review|merge|deploy|decide|write|code|propose|suggest|test|run|approve|plan|implement|draft|check|publish)"

# Each with words of which one stands in all that is found.
LEADS: Final = (
    (_THINGS,
     rf"(?<![,;(–—-] ){_NOT_ONE}{_REPORTS}{_THING} {_STATES}"),  # noqa: RUF001 - as people write
    # Without a verb.
    ((*_THINGS, "doxygen", "jsdoc", "docstring", "changelog", "case ", "tone "),
     rf"(?<![,;(–—-] ){_NOT_ONE}{_REPORTS}(?:{_THING}|[\w-]+ (?:case|tone)|doxygen|jsdoc|changelog|docstring) (?<!errors )(?<!exceptions )(?<!warnings )(?<!data )(?<!files )(?<!images )(?:always |please |only )?"  # noqa: RUF001 - as people write
     r"(?:(?:in|with|as|from|per|against|via|under|through|next to) (?!the\b|this|that|it\b|my\b|your\b|me\b|an? (?:bug|problem)|src\b|line\b|errors?\b|warnings?\b|failures?\b|conflicts?\b|problems?\b|\d|production|prod\b|general\b|particular\b|mind\b|place\b)|for (?:every|each|all|any|public) |on (?:everything|all|every|each|public) )[\w`/.'-]+(?: [\w`/.'-]+){0,4}(?=[.,;!]|$)"),
    (("tabs", "spaces", "quotes", "colons", "comma", "case", "person", "tense", "voice", "imperative", "tone", "style", "language", "yagni", "kiss", "tdd", "bdd", "tests", "when", "arrange", "format", "units", "celsius", "fahrenheit", "history", "immutable", "us ", "output", "functions", "clean", "everything", "british", "american"),
     rf"{_STYLE}(?:,? (?:please|pls|only|everywhere|always|throughout)| (?:for|in) (?:all )?(?!the\b|this)[\w-]+(?: [\w-]+)?)?(?=[.,;!)]|$)"),
    # Whose each part is, and what comes first.
    (("i commit", "i push", "i review", "i merge", "i deploy", "i decide", "i write", "i code", "you commit", "you push", "you review", "you code", "you write", "you propose", "you suggest"),
     rf"{_WHO} {_PART}[^,.;?]{{0,30}}, (?:and |but )?(?:then )?{_WHO} (?:only |just |then )*{_PART}\b"),
    (("first, ", "before ", "not ", "less ", "fewer "),
     r"(?:plan|think|ask|tests?|read|design|spec|measure|docs|explain|look|research|discuss|answers?|code|results?) first, \w+ (?:later|after\w*|second|then|next)\b|(?:correctness|clarity|readability|simplicity|safety|quality|security|tests?|stability|privacy|honesty) before \w+[.!]?$|"
     r"it'?s [\w.+#-]+ here\b|(?<![,;:(] )we (?!see|saw|get\b|got|have|had|need|want|are|were|should|can|could|will|would|might|may\b|must|did|do\b|go\b|went|lost|know|\w+ed\b)\w+ (?!it\b|this|that|them|the\b|an?\b)[^,.;?]{2,40}, not (?!yet|sure|the\b)\w|"
     r"(?:less|fewer) (?:talk|prose|text|chatter|code|magic|words|verbose|verbosity|questions)\b(?! than)"),
    # The tool, where the whole sentence says no more.
    (("we use ", "we go with ", "we stick ", "we stay ", "we only ", "we always ", "we just "),
     r"(?<![,;:(] )we (?:only |always |just )?(?:use|go with|stick with|stay with) (?!it\b|this|that|them|an?\b|the\b|to\b|for\b)[\w.+#@/-]+(?: [\w.+#@/-]+)?(?: here)?[.!]?$"),
    ((" please, ",), r"[\w.+#-]+ please, (?:i'm|i am|we're|we are|as i|since|because)\b"),
    (("pep", "semver", "gitflow", "wcag", "rest "), r"follow (?:pep ?\d+|semver|gitflow|git flow|wcag|conventional commits)\b"),
    (("mypy", "ruff", "clippy", "eslint", "tsc", "pyright", "flake8", "golangci", "shellcheck", "lint", "typecheck", "ci "),
     r"(?:mypy|ruff|clippy|eslint|tsc|pyright|flake8|golangci-lint|shellcheck|lint(?:er|ing)?|type ?checks?|ci) (?:must|ha(?:s|ve) to|should|needs? to) (?:always )?(?:pass|be (?:green|clean|happy)|stay (?:green|clean))\b"),
    # What must go on to work.
    (("old ", "older ", "existing ", "legacy ", "current ", "ie", "safari", "firefox", "edge", "windows", "android", "ios", "mobile", "offline"),
     r"(?:old|older|existing|legacy|current) \w+ (?:must|ha(?:s|ve) to|should|need to) (?:keep|still|continue)\b|(?:ie ?\d*|safari|firefox|edge|windows|android|ios|old browsers|mobile|offline use|keyboard use) (?:must|ha(?:s|ve) to|needs? to|should) (?:keep on |keep |still |always )?work(?:ing)?(?=[.,!]|$)"),
    # What may not be left or touched, and what is not there.
    ((" leave ", "nothing ", "read-only", "frozen", "not ours", "belong", "protected", "off limits", "available here", "available on", "no internet", "no network", "no access"),
     r"(?:[\w-]+ )?(?:data|code|secrets?|keys?|files?|names|recordings|documents|records|emails) (?:must|may|should|can|shall|do|does)(?: never| not|n'?t)(?: ever)? leave\b|nothing (?:goes|leaves|gets) (?:to|out|into|this|the|our|my)\b|"
     r"(?!it\b|this|that|there)[\w./-]+(?: [\w./-]+)? (?:is|are) (?:read-?only|off[- ]limits) for you\b|[\w.-]+/[\w./-]* (?:is|are) (?:frozen|not ours|off[- ]limits|generated|vendored|read-?only)\b|"
     r"(?:the )?(?!it\b|this|that)[\w./-]+ belongs? to (?:the )?[\w-]+ (?:team|group|people|folks)\b|(?:the )?(?:main|master|develop|release|trunk)(?: branch)? is protected\b|"
     r"[\w.+#-]+ (?:is|are) not available (?:here|on this)\b|(?:you (?:have|get)|there is|there's) no (?:internet|network|access|sudo|root)\b[^?]{0,30}\b(?:here|on this|from here|box|machine)\b"),
    (("keep it ", "keep things ", "keep everything "),
     r"(?:please )?keep (?:it|things|everything) (?:all )?(?:boring|simple|small|short|minimal|tidy|plain|clean|readable|consistent|civil|light|lean|dumb|stupid|brief|formal|friendly)(?:,? (?:and|please)\b[^.,;]{0,30})?(?=[.,;!]|$)"),
    (("as you go", "as we go", "sentences", "words", "paragraphs"), r"explain (?:\w+ ){0,3}as (?:you|we) go\b|(?:short|simple|plain) (?:sentences|words|paragraphs)(?: please| only)?(?=[.,;!]|$| help\b)"),
    (("every ", "each ", "all "),
     rf"(?<![,;:(] ){_REPORTS}(?!i\b|it\b|the\b|there|we\b|you\b|they\b|add\b|write\b|create\b|show\b|make\b|fix\b)[^.;?]{{3,60}}?,? (?:with|in|for|on|at the end of|at the top of) (?:every|each|all) (?:claims?|answers?|repl(?:y|ies)|reports?|messages?|numbers?|letters?|mails?|e-?mails?|docs|documents|headings|tests?|files?|charts?|figures?|commits?|prs?|commit (?:messages?|msgs?)|pr (?:titles?|descriptions?)|functions?|examples?|queries|tables|chapters?|articles?|posts?|[\w-]*visible changes?|changes?|features?|bug ?fix(?:es)?|steps?)(?=[.,;!]|$)"),
    # Each of them, who does what, and by which way.
    (("every ", "each "),
     rf"(?<![,;:(] ){_REPORTS}(?:every|each) (?:[\w-]+ )?(?:endpoint|function|method|class|module|component|test|file|commit|pr|branch|migration|query|table|column|package|service|handler|hook|type|script|release|feature|bug ?fix|setting|option|flag|constant)"
     r"(?: that [\w' ]{3,20}?)? (?:has|gets (?=(?:an?|its|one)\b)|returns|needs|carries|comes with|starts with|ends with|is (?:typed|tested|documented|reviewed|signed|logged|named|prefixed)) ?(?!errors?\b|problems?\b|bugs?\b|to\b)"),
    (("we log", "we test", "we lint", "we format", "we build", "we bundle", "we style", "we validate", "we mock", "we type", "we cache", "we plot", "we typeset", "we package", "we deploy"),
     r"(?<![,;:(] )we (?:only |always )?(?:log|test|lint|format|build|bundle|style|validate|mock|type|cache|plot|typeset|package|deploy) (?:only )?(?:with|via|through|using) (?!it\b|this|that|them|the (?:wrong|old|same))\w"),
    ((" by ", "nobody else", "do the ", "do all ", "no one else"),
     r"i(?:'ll| will)? do (?:the|all|all the) \w+ing(?=[.,!;]|$)|[\w-]+ (?:commits|merges|pushes|deploys|releases|reviews|approves|decides|tags)(?: \w+)?, (?:nobody|no one) else\b"),
    ((" through ",), rf"(?<![,;:(] ){_NOT_ONE}{_REPORTS}[\w-]+(?: [\w-]+){{0,2}} (?:go|goes|happens?|runs?) (?:only )?through (?!it\b|this|that|all\b|fine|ok\b|twice)\w"),
    (("nothing", "commit ", "write ", "redact ", "mask ", "anonymi", "address ", "answer ", "just "),
     r"nothing (?:paid|global|fancy|hidden|proprietary|commercial|external|clever|shared|experimental|public)(?=[.,!;]|$)|(?:stage|install|delete|assume|invent|hardcode|skip) nothing(?=[.,!;]|$)|commit (?:early|often)(?=[.,;!]|$)|commit (?:only when|when|after) (?!that\b|this\b|it\b|the\b)\w|"
     r"write (?:for (?!me\b|us\b|the\b|this|that|it\b|an? \w+ (?:page|site))\w|simply\b|plainly\b|clearly\b)|(?:redact|mask|anonymi[sz]e) [\w ]{3,30} (?:in|from) (?:the |all )?(?:logs?|reports?|output|answers|screenshots)\b|address the (?:reader|user|customer)s? (?:as|with|by)\b|"
     r"just (?:the )?(?:code|answer|diff|facts|command|commands|result),? (?:i don'?t|no|without)\b"),
    (("main is ", "master is ", "dev is ", "develop is ", "trunk is ", "staging is ", "prod is ", "production is "),
     r"(?:main|master|dev|develop|trunk|staging|prod|production) is (?:for|only for|our|the default)\b"),
    (("frozen", "budget"), r"(?:the )?(?:api|schema|interface|format|protocol|design|scope)(?: v?\d[\w.]*)? (?:is|are) frozen\b|(?:the )?budget(?: is|:) \w"),
    # What is not done, without a verb behind it; what is liked.
    ((", never ",), rf"(?<![,;:(] ){_NOT_ONE}(?![^,]*\b(?:he|she|it|they|i|was|were|did|had|works?|fails?|opens?|shows?|loads?|crash\w*)\b)[^,;?]{{3,60}}, never (?:in |on |to |from |with |by |as |at |via |an? )?(?!again|mind|ever|before|once|really|been)[\w.-]+(?: [\w.-]+)?(?=[.!]?$)"),
    ((" for anything ", " for everything "), r"(?!thanks|thx|sorry|good|great|works?\b|fix|same\b|not\b|ok\b|i\b|it\b|the\b|this)(?:[\w.+#-]+ ){1,3}for (?:anything|everything) (?!else\b|you\b|i\b|we\b)\w+(?: \w+){0,2}(?=[.,!;]|$)"),
    (("i hate ", "i dislike ", "i can't stand ", "i love "), r"i (?:really )?(?:hate|dislike|can'?t stand|love) (?!this|these|those|bugs\b|mondays|computers)[\w-]+(?<!s)s[.!]?$"),
    (("we're a", "we are a"), r"(?:we're|we are) an? [\w.+#-]+ (?:shop|house|codebase|project)(?=[.,!;]|$)"),
    (("go easy", "is our ", "are our "), r"(?:so |please |and )?go easy (?:on|with)\b|[\w.+# -]{2,30} (?:is|are) our (?:floor|baseline|minimum|limit|ceiling|standard|target|default|source of truth)\b"),
    (("staging first", "dev first", "tests first", "test first", "sandbox first", "locally first"), r"(?:staging|dev|tests?|sandbox|locally) first,? then (?!the\b|this)\w+[.!]?$"),
    (("keep ",), r"(?:please )?keep (?!the\b|this|that|it\b)[\w -]{3,40} (?:pure|flat|thin|dumb|typed|green|linear|tiny|sorted|tidy|honest|boring|idempotent|stateless|documented|reviewable)(?=[.,!;]|$)"),
    # All of it, all over.
    (("keep ", " throughout", " across the board", " consistently"),
     rf"(?:please )?keep (?:everything|all [\w-]+|every [\w-]+) (?!in mind|going|up\b|there|here|open)\w|(?<![,;:(] ){_REPORTS}(?!it\b|the\b|this|that|i\b)[^.;?]{{3,50}} (?:throughout|across the board|consistently)(?=[.,;!]|$)"),
    (("i never ", "i always ", "t ever "), r"i (?:never|always|don'?t ever) (?:want|expect|need|like) (?!ed\b)"),
    ((" on everything", " on all "), rf"(?<![,;:(] ){_NOT_ONE}{_REPORTS}(?!{_FAULTS}\b)(?!{_DOES_IT}\b)(?:[\w-]+ )?(?!{_DOES_IT}\b)[\w-]+s on (?:everything|all [\w-]+s)(?: public| new)?(?=[.,;!]|$)"),
    # One kind so, the other not; where and how a thing is made.
    ((" don't", " aren't", " do not", " are not", " where "),
     rf"(?<![,;:(] ){_NOT_ONE}(?:[\w-]+ ){{1,3}}(?<!and )(?:get|have|need|use|go|are|take|carry) [^,.;?]{{2,40}}, (?:the )?(?:[\w-]+ ones?|others|the rest) (?:don'?t|do not|aren'?t|are not)[.!]?$|"
     rf"(?<![,;:(] ){_NOT_ONE}{_REPORTS}[\w-]+s (?:are|live|go|stay) (?:[\w-]+ed |kept |put |made |written )?where (?:they|it)\b"),
    ((" are never ", " emergencies"), rf"(?<![,;:(] ){_NOT_ONE}[\w-]+s are never \w+, (?:only|just) \w+(?=[.,!;]|$)|[\w-]+ (?:is|are) (?:only )?for emergencies\b"),
    # Things of one kind with what, in what: no verb tells of them.
    (("s in ", "s with ", "s as ", "s via ", "s by ", "s per ", "s without "),
     rf"(?<![,;:(–—-] ){_NOT_ONE}{_REPORTS}(?!{_FAULTS}\b)(?!{_DOES_IT}\b)(?:(?!{_FAULTS}\b)(?!{_DOES_IT}\b)[\w-]+ )?(?!{_FAULTS}\b)(?!{_DOES_IT}\b)[a-z-]{{2,}}(?<![su])s "  # noqa: RUF001 - as people write
     r"(?:in|with|as|via|by|per|without) (?!the\b|this|that|it\b|my\b|your\b|me\b|you\b|us\b|them\b|him\b|her\b|an?\b|some\b|many\b|no\b|general\b|particular\b|mind\b|place\b|src\b|line\b|prod\w*\b|staging\b|safari|chrome|firefox|errors?\b|\d|\w+ing\b|\w+s\b(?! only))[\w./'-]+(?: (?!is\b|are\b|but\b|and\b|does\b|do\b|has\b|have\b)[\w./'-]+)?(?:(?=[.!]?$)|,)"),
    ((" only",), r"(?<=, )(?!on\b|in\b|for\b|at\b|it\b|the\b|and\b|but\b|with\b|i\b|this|that|first|second|last)[\w-]+ (?!one\b|time\b|times\b)[\w-]+ only[.!]?$"),
    (("target is ", "max"), r"target is (?:es|node|python|ie|android|ios|java|c|go|net)[ -]?\w|max(?:imum)? (?:line |function |file |method |commit |title |subject )?(?:length|width|size)(?: of| is|:)? \d"),
)  # fmt: skip
