"""Rules typed in a hurry: without the comma or the full stop by which others are known, or as a habit in three words.

They stand in the patterns of `rules_words`, in lower case with straight apostrophes.
"""

import re
from typing import Final

# Things that come again: who orders something for each of them means those to come.
_COMES: Final = r"(?:[\w-]+ )?(?:commit|pr|pull request|merge|branch|release|tag|build|deploy|migration|change|fix|bug ?fix|hotfix|feature|action|image|version|dependency|dep|package|subject)s?"
# What "no" and "not" tell, and do not ban.
_TOLD: Final = r"(?!errors?\b|warnings?\b|output|results?\b|idea|problem|issues?\b|luck|longer|more\b|one\b|need\b|effect|change\b|difference|way\b|clue|response|data\b|\w+ (?:is|are|was|were|shows?|there)\b)"
_USER: Final = r"(?<!\bi )(?<!they )(?<!users )(?<!people )(?<!\bto )(?<!you )(?<!\bit )(?<!not )(?<!n't )(?<!customers )"

# Each with words of which one stands in all that is found.
LEADS: Final = (
    (("pin ", "sign ", "prefix ", "tag ", "squash ", "cover ", "review ", "label ", "number "),
     rf"(?:please |pls )?(?:pin|sign|prefix|tag|squash|cover|review|label|number) (?:every|each|all) {_COMES}(?=[.,;!]|$| (?:to|with|by|w/|before|after|in|on|and|as)\b)"),
    ((" only no ", " only, no "),
     rf"(?!the\b|it\b|this|that|there|i\b|we\b|you\b)(?![^.;?]*\b(?:works?|fails?|happens?|shows?|runs|is|are|was|were|has|had|appears?|breaks?)\b)(?:[\w.+#-]+ ){{1,3}}only,? no {_TOLD}[\w-]{{2,}}"),
    # How things are to be written, which no report is about.
    (("names ", "messages ", "titles ", "comments ", "docstrings ", "headings ", "subjects "),
     r"(?![^.;?]*\b(?:now|still|again|wrong|broken|missing|why|shown|but|was|were|there|the|this)\b)(?:[\w-]+ )?(?:names|messages|titles|comments|docstrings|headings|subjects)(?: (?:of|in|for) [\w-]+)? are (?!not\b|too\b|all the\b)(?:[\w-]+ ?){1,4}, not (?!yet|sure|\d|ids?\b)[\w`'-]+(?: \w+)?[.!]?$"),
    (("migrations ", "jobs ", "scripts ", "handlers ", "commits ", "functions ", "endpoints ", "tests ", "builds ", "deploys ", "changes ", "steps ", "consumers "),
     r"(?![^.;]*\b(?:now|still|again|why|but|not|was|were|if|when)\b)(?:all |our |db |schema )?(?:migrations|jobs|scripts|handlers|commits|functions|endpoints|tests|builds|deploys|changes|steps|consumers) are always "
     r"(?:reversible|idempotent|additive|atomic|pure|deterministic|reproducible|repeatable|backwards?[- ]compatible|self-contained|independent|stateless|small)\b"),
    # One way and not the other, of things of no number.
    (("not ",),
     r"(?:please |pls )?(?:run|log|store|test|build|install|write|read|import|call|mock|deploy|debug|style|validate|format|cache|save) (?!the\b|this|that|it\b|these|those|my\b|both|an?\b|one\b|as\b|to\b|\d)[^,.;?]{2,40},? not (?!yet|sure|working|the (?:one|other)|this|that|it\b)(?:on |in |with |via |from |to |by |as )?(?:the )?[\w./-]+(?: [\w./-]+)?[.!]?$|"
     r"(?:make|npm|yarn|pnpm|uv|cargo|just|poetry|docker|bun|npx|go|mvn|gradle) [\w:-]+,? not (?!yet|sure|found|working|in\b|on\b)[\w./-]+(?: directly)?[.!]?$|fix the (?:root )?(?:code|cause|source|bug),? not (?:the |its )?(?:tests?|symptoms?)\b"),
    (("use the ",),
     r"(?:please |pls )?use the (?:[\w-]+ ){0,2}(?:cli|skill|tool|mcp|debugger|sdk|wrapper|formatter|linter|agent)(?: for (?!this\b|that\b|it\b|the\b|now\b)\w|,? (?:and )?(?:not|never) (?!the\b|this|that|it\b)\w)"),
    ((" don't ", " do not ", " dont ", " never "),
     r"(?:rebase|raise|return|ask|throw|squash|extend|compose|copy|link|log|warn|merge|append|inject|reuse|mark|flag|note|report|mention|suggest|propose|deprecate|read|verify|measure|mock|wrap),? (?:don'?t|do not|never) \w+(?: [\w-]+){0,2}[.!]?$"),
    (("squash ", "rebase ", "lint ", "format ", "test ", "ask ", "log ", "warn ", "look ", "check ", "search ", "read ", "think ", "verify ", "plan ", "measure ", "profile ", "grep ", "reproduce ", "understand "),
     r"(?:please |pls )?(?:squash|rebase|lint|format|test|ask|log|warn) when (?:\w+ing(?: \w+)?|unsure|in doubt|blocked|stuck)[.!]?$|(?:please |pls )?(?:look|check|search|read|ask|think|verify|plan|measure|profile|grep|reproduce|understand)\b[^.;?]{0,50} before (?:writing|adding|creating|changing|editing|fixing|touching|implementing|refactoring|coding|answering|optimi[sz]ing|installing|committing|deleting)\b"),
    ((" your ", " yourself"),
     r"(?:please |pls )?(?:sign(?: off)?|quote|cite|state|type|annotate|escape|document) (?:all )?your (?:[\w-]+ )?(?:commits|changes|code|variables|functions|work|assumptions|claims|sources|types|strings|arguments)[.!]?$|(?:please |pls )?(?:clean|tidy)(?: up)? after yourself\b"),
    # How things are written, without a verb.
    (("commit", "comment", "names", "docstring", "identifiers", "titles", "code"),
     r"(?:please )?(?:english|german|french|spanish|short|descriptive|meaningful|speaking|conventional|imperative|lower-?case|one-?line|semantic|self-explanatory|full-sentence) (?:commits|commit (?:messages|msgs)|comments|(?:\w+ )?names|docstrings|identifiers|pr titles)(?:,? (?:please|pls|only|everywhere|always))?[.!]?$|"
     r"(?:boring|simple|plain|readable|idiomatic|modern|pythonic|defensive|explicit|typed|functional|self-explanatory) code(?:,? (?:please|pls|only|everywhere))?[.!]?$"),
    (("names ", "name ", "messages ", "msgs ", "titles ", "keys "),
     r"(?:branch|file|class|test|commit|table|column|function|variable|migration|event|pr)[- ]?(?:names?|messages?|msgs?|titles?) (?:like|as in|in the form)(?: of)? \S"),
    (("sorted", "grouped", "ordered", "prefixed", "suffixed", "capital", "case", "alphabetic", "plural", "singular"),
     r"(?![^.;]*\b(?:now|still|again|wrong\w*|not|but|are|is|were|was|by default|badly|why)\b)(?:all |our )?(?:imports|exports|keys|sql|keywords|constants|columns|table names|tables|enums|fields|deps|dependencies|props|attributes|includes|headings|headers|titles|labels|filenames|file names|env vars|commits|subjects|routes|urls|types|options) (?:always )?"
     r"(?:sorted|grouped|ordered|prefixed|suffixed|capitali[sz]ed|(?:lower|upper|snake|camel|kebab|pascal|title|sentence)[- ]?case|alphabetical(?:ly)?|plural|singular)\b(?: \w+){0,3}[.!]?$"),
    (("should be ",),
     r"(?:all |your )?(?:errors|error messages|log messages|logs|warnings|answers|docs|scripts|interfaces|apis|examples|jobs|diffs|replies) should (?:always |all )?be (?:actionable|helpful|meaningful|descriptive|structured|human[- ]readable|short|explicit|idempotent|runnable|boring|minimal|self-explanatory|concise|brief|typed|documented|small)\b"),
    (("coverage ",), r"(?:the |test |code )*coverage (?:stays|must|has to|should|may|can|needs to)(?: not| never| stay| be)* (?:above|over|at|below|under|drop\w*)\b"),
    ((" stay",), r"(?!the\b|it\b)(?:[\w-]+ ){0,3}(?:checks?|mode|lint\w*|rules|flags?|warnings|hooks|strict\w*) stays? (?:on|off|enabled|disabled)[.!]?$"),
    ((" its own", " their own"), r"(?:each|every) (?:test|module|package|service|feature|fix|change|class|component|endpoint|script|migration) (?:in )?(?:its|their) own \w+"),
    # What is to be told, and when.
    (("show ", "give ", "tell ", "write ", "draft ", "propose ", "list "),
     r"(?:please |pls )?(?:show|give|tell|write|draft|propose|list)(?: me| us)? (?:an? |the |your )?(?:short |rough |quick )?(?:plan|outline|options|diff|design|proposal|approach|alternatives) (?:first,? (?:then|before)|before (?:big|bigger|large|any|each|every|you|coding|writing|changing|implementing|larger|making))\b"),
    (("when you", "if you", "whenever you"),
     r"(?:please |pls |just )?(?:say(?: so| it)?|tell me|admit(?: it)?|ask|speak up|warn me|ping me|stop) (?:when(?:ever)?|if) you(?:'re| are|r| don'?t| do not| can'?t| get)? (?:know|unsure|not sure|stuck|guessing|blocked|uncertain|in doubt)\b"),
    (("changelog", "release note"), r"(?:please |pls )?(?:add|write|put) [^.;?]{0,20}(?:changelog|release notes?)[^.;?]{0,30} for (?:user|every|each|any|all|breaking|visible|public)\b"),
    (("fail ", "answer ", "reply ", "respond ", "log ", "pin ", "report "),
     r"fail (?:fast|early|loudly|hard)\b(?:[.,;!]|$| (?:and|don'?t|never|no)\b)|(?:please |pls )?(?:answer|reply|respond) (?:short|brief|terse|shorter)\b|(?:please |pls )?(?:log|report) (?:only |always )?in (?:json|english|german|utc|plain text|markdown)\b|pin (?:all )?(?:versions|deps|dependencies|images|actions)\b"),
    (("keep ",), r"(?:please |pls )?keep (?:all )?(?:imports|tests|types|styles|constants|helpers|docs|secrets|logic|sql|state|fixtures|configs?|refactor\w*|changes|features) (?:at|next|together|apart|in|under|inside|out of|close|with|near|outside)\b"),
    (("licen", "spelling", "support "),
     r"(?:only )?(?:[\w-]+,? ){1,5}licen[cs]ed?s? only[.!]?$|(?:british|american|us|uk|euro\w*|english|oxford|commonwealth|canadian|australian) spelling\b|[\w.-]+(?: [\w.-]+)? support is (?:required|mandatory|needed|a must)\b"),
    (("i hate ", "i dislike ", "i can't stand "),
     r"i (?:really )?(?:hate|dislike|can'?t stand) (?!this|these|those|that\b|the\b|my\b|when\b|how\b|it\b|to\b|mondays|computers)(?:[\w-]+ ){1,3}(?:names|comments|functions|classes|imports|commits|prs|abbreviations|types|tests|mocks|ternaries|conditionals|diffs|files|dependencies|one-?liners|helpers|wrappers|abstractions|hacks|strings|numbers|magic)[.!]?$"),
    # What is done as often as something else is, and what comes first.
    ((" you ", " after "),
     r"(?:please |pls )?(?:regenerate|run|rerun|update|rebuild|restart|delete|check|bump|lint|sync|reseed|format|squash) [^,.;?]{2,40} (?:(?:when(?:ever)?|after|before|if|each time) you (?:change|edit|add|touch|rename|remove|move|write|create|modify|update|delete|merge|commit)\b|"
     r"after (?:editing|changing|touching|adding|renaming|modifying|merging|(?:api|schema|config|model|proto|dependency) changes|merge[.!]?$))"),
    ((" first",), r"(?!the\b|this|that|it\b|these|those|one\b)(?<![,;:] )[a-z]{3,} first,? (?:then )?[a-z]{3,} (?:later|afterwards|second|next)[.!]?$"),
    ((" gets ", " get "), r"(?:each|every|all) (?:new )?(?!user|customer|row|order|player|message|item|mail)[\w-]+ gets? (?:documented|tested|reviewed|typed|validated|escaped|translated|versioned|covered)(?=[.,!;]|$)"),
    (("put ",), r"(?:please |pls )?put (?:all |any )?new [\w-]+s (?:under|in|into|next to|behind|inside) (?!this\b|that\b|there)\S"),
    ((" only ",),
     r"(?![^.;]*\b(?:fails?|failed|runs?|works?|breaks?|shows?|appears?|passe?s?|is|are|was|were)\b)(?:[\w-]+ )?(?:tests|mocks|comments|docs|types|logs|logging|abstractions|classes|hooks|fixtures|emojis|casts|ids) only (?:for|where|when|if|at|in) (?!safari|chrome|firefox|prod|staging|dev\b|this|that)\w"),
    # Whose it is, how it stays.
    (("i handle ", "i manage ", "i own ", " mine", " for me to "),
     r"i (?:handle|manage|own) (?:all |the )*(?:git|commits|deploys?|deployments?|releases?|merges?|merging|versioning|infra|ci|pushes|pushing|committing|migrations)(?=[.,!;]|$)|"
     r"(?:[\w-]+ )?(?:bumps|merges|deploys|releases|commits|migrations|decisions|pushes|tags|reviews) (?:is|are) (?:mine|for me to \w+)(?=[.,!;]|$)"),
    ((" stay",), r"(?:the |our )?(?:readme|changelog|diffs?|prs?|bundle|main|master|trunk|lock ?file) (?:always )?stays? (?:short|small|green|clean|minimal|untouched|deployable|stable|releasable|lean)(?=[.,!;]|$)"),
    ((" matters",), r"(?!it\b|that|this|nothing|none|what|which|only|all\b|order\b|case\b|size\b|the\b)[\w-]+(?: (?:correctness|performance|safety|coverage|quality|style|compatibility|naming|privacy|security))? matters[.!]?$"),
    ((" read only", " read-only"), r"(?:the |our )?(?:raw|source|original|input|upstream|vendored?) (?:data|files?|recordings|folder|images|documents|sources) (?:is|are) read[- ]only(?=[.,!;]|$)"),
    (("bullet", "tables ", "diagrams ", "lists ", "plain english"), r"(?:bullet points|bullets|tables|diagrams|lists|plain english) (?:please|pls|only)(?=[.,!;]|$)"),
    (("respect ", "follow ", "honor ", "honour ", "obey ", "only ever ", "files ", "names: ", "titles: ", "messages: ", "msgs: "),
     r"(?:please |pls )?(?:respect|follow|honou?r|obey) (?:the |our )?(?:\.editorconfig|eslint|prettier|lint\w*|style ?guide|codeowners|licen[cs]e|[\w.-]+ config)\b|only ever (?:write|read|use|touch|run|push|commit|edit|work|deploy|call|change)\b|"
     r"(?:generated |vendored |lock ?)files (?:are|get|stay) (?:always |never |not )?(?:committed|checked in|edited)(?=[.,;!]|$)|(?:commit (?:messages|msgs)|branch names|pr titles|test names): \S"),
)  # fmt: skip
PARTS: Final = (
    (("use ",),
     rf"{_USER}\buse (?!it\b|this\b|that\b|these\b|those\b|the\b|both\b|an?\b|one\b|to\b|of\b|for\b|by\b|cases?\b)[\w.+#@/:'-]+ (?:and )?not (?!yet|sure|working|the\b|that\b|this\b|it\b|in\b|on\b|for\b|only\b|just\b|an?\b|to\b|be\b|been\b|found|defined|allowed|supported|\w+ing\b)[\w.+#@/:'-]+(?=[.,!;]|$| (?:please|pls|for|in|everywhere|here|and|btw)\b)"),
    (("we can",),
     r"\bwe (?:can'?t|can ?not) (?:afford to )?(?:lock|block|break|lose|expose|leak|interrupt)\b"),
)  # fmt: skip
# A ban, with a question right behind it.
ASKED_BEHIND: Final = re.compile(
    r"((?:(?:and|but|also|please|pls|hey|btw|ok),? )*(?:no|don'?t|do not|never|always|stop)\b[^,?]{5,200}?) (?:what|how|why|where|who) (?:is|are|do|does|did|was|were|has|have)\b[^?]*\?+$"
)
