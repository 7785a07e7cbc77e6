"""What an English sentence that sets a rule says, and what only looks so: reports, quotations, the terms of a task.

All is looked for in lower case with straight apostrophes.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Final

from spread.distill import rules_bare, rules_hasty, rules_held, rules_shape, rules_stated, rules_subject
from spread.distill.hinted import Hinted, Hints, compiled
from spread.distill.rules_subject import BLANK, RULED, RULED_HINTS

_IMPERATIVE_NOT: Final = (
    r"(?:^|[,;:(–—-]\s*|\b(?:please|but|and|so|also|just|you|we|let'?s|ok(?:ay)?|no|yes|then|to|now)\s+)"  # noqa: RUF001 - as people write
    r"(?:do not|don'?t|do'nt|donot|let'?s not|please not|not to)\s+(?!know|think|see|understand|remember|care|have\b|get\b|mind|really|like|work(?! around\b)|need|exist|look|feel|match|"
    r"seem|believe|recall|even|you\b|we\b|they\b|worry|stop\b(?! (?:until|before|when))|(?:do |run |try )?(?:that|this|it|so|go|answer|reply|start)\b(?: yet| now)?(?:[.,!]|$)|bother\b(?! with)|forget|hesitate|panic)"
)
_ACT: Final = (
    r"(?:use|do|run|change|touch|edit|modify|work|write|commit|push|merge|deploy|delete|remove|add|create)"
)
_UNITS: Final = r"(?:chars?|characters?|words?|lines?|columns?|sentences?|paragraphs?|files?)"
# What a sentence begins with that answers, or tells what was seen, and bans nothing.
_NO_BAN: Final = (
    r"problem|worr|idea|thank|luck|errors?\b(?! handling)|warnings?\b|more (?:error|problem|issue|warning|question)|output|response|difference|effect|success|changes?[.!]?$|results?\b|complain|rush|notes?(?:[.,!]|$)|"
    r"hurry|matter|doubt|clue|wonder|longer|one\b|way\b|reason|sign|trace|need\b|still|just\b|not\b|but\b|please|wait|sorry|"
    r"let|do\b|don|use\b|keep|go\b|try|make|i\b|i'|we\b|we'|you|it\b|it'|its\b|that|this|th[eo]|he\b|she\b|my\b|our\b|an?\b|"
    r"no\b|puedo|puede|tengo|tiene|quiero|entiendo|funciona|sirve|pasa|sale\b|veo|est[aáo]|fue|creo|s[eé]\b|carga|compila|arranca|necesito|"
    r"(?:in|on|at)\b(?!-)|if\b|is\b|as\b|of\b|and\b|or\b|because|since|only\b|always|never|all\b|\d|good|fun|big|wh|how|can|i[mdv]e?\b|"
    r"should|would|could|leave|stop|undo|revert|add\b|remove|put\b|(?:further )?question|such|match|data\b(?! (?:changes|migrations?) )|news|progress|se\b|me\b|l[oa]\b|es\b|hay\b|hace\b"
)
_TELLS: Final = (  # a word by which what follows "no" is told, not banned
    r"is\b|are\b|was|were|has\b|had\b|have\b|did|does|gets?\b|shows?\b|found|came|appear|happen|works?\b|exist|left\b|yet|"
    r"there|shown|can\b|could|will\b|i\b|you\b|he\b|she\b|they\b|it\b|when\b|since\b|anymore|any more|now\b|(?:in|on) the (?:sidebar|console|page|screen|logs?|ui|browser|output|list|menu|terminal)\b"
)
# What a sentence that sets a rule begins with, each with words of which one stands in all that is found.
_LEADS: Final = (
    (("not ", "n't ", "'nt ", "dont "),
     _IMPERATIVE_NOT[_IMPERATIVE_NOT.index(r"(?:do not") :]),
    # The only place to work in, and what is to be left alone.
    (("only",),
     r"(?<!, )(?!the\b|this|that|it\b|you|me\b|for\b|on\b|in\b)(?:[\w.+-]+ ){1,2}(?<!one )(?<!first )(?<!second )(?<!last )"
     r"only(?: please)?(?:[.!,;]|$)"),
    (("only", "leave ", " out of ", "limit ", "try not", "to me", "everywhere", "answer", "repl", "explanation", "use "),
     r"(?:stay |strictly )?read[- ]?only\b|leave (?:the|my|our|all|those|these|any|every\w*) \w|keep [^,;:]{2,40} out of \w|leave [^,;:]{2,30} to me\b|limit yourself\b|try not to |(?:in|for) (?:this|our) (?:repo|project|codebase)[^.?]{1,40} only\b|(?:please )?(?:talk|speak) to me\b|"
     r"(?!i\b|it\b|there|errors?\b|warnings?\b|fix\b|add\b)[\w-]+(?: [\w-]+){0,6} everywhere(?:[.,!;]|$)|(?:short|brief|shorter|one[- ]line) (?:answers?|repl(?:y|ies)|explanations?)\b|"
     r"use (?!it\b|this|that|these|those|the\b|your|my\b|both|all\b|one\b|port\b|option|\d|[^,.!]*\bfor this\b)[^\s,]+(?: [\w-]+){0,3}(?:[.!,]|$)"),
    (("skip ", "without "),
     r"skip .{1,40}\bfor (?:now|the time being)\b|without (?:(?:an? |any )?(?!the\b|it\b|i\b|we\b|they\b)[\w-]+ ?){1,3}(?:[.!,]|$)"),
    # How we work here.
    (("this repo", "this project", "this codebase", "this session", "this branch"),
     r"(?:for|in) this (?:repo|project|codebase|session|branch),? (?:we|please|use|always|never|only|stick)\b"),
    (("ask ", "each ", "every ", "any ", "before "),
     r"(?:please )?ask (?:if|when)\b|(?:before|after) (?:each|every|any) [\w-]+,? (?:run|ask|show|make|always|please|wait|stop|test|lint)\b|(?:please )?(?:ask|wait|show me|tell me|explain|warn me|let me know|ping me|(?:double[- ]?)?check with me)\b.{1,60}\bbefore (?:you|each|every|any|\w+ing)\b"),
    (("each ", "every ", "any ", "before you", "after you", "until "),
     r"(?:before|after) (?:you (?!start|begin)|each |every |any )[^,]{2,40}, ?(?!the\b|it\b|i\b|there\b)\w|until [^,]{3,60}, ?(?:no|only|please)\b"),
    (("unsure", "doubt", " sure", " certain", "ask me", "stop and"),
     r"(?:when|if)(?: you(?:'re| are))? (?:unsure|in doubt|not (?:sure|certain))\b|(?:when|if)\b.{3,80}\b(?:ask me(?! to\b)|stop and)\b"),
    (("each ", "every ", "any "),
     r"(?:please |also |and |then )*(?:run|test|lint|format|build|commit|push|show|update|restart) [^,;]{0,60}\b(?:before|after) (?:each|every|any) \w"),
    ((" only", " rest ", " whole ", " remaining ", " then on", "future", " at a time", "remember"),
     r"(?:please )?(?:use|edit|touch|change|work in|run|write|do|fix) [^,.;]{1,30} only(?:[.!,;]|$)|for the (?:rest of|whole|remaining) \w|(?:from then on|in (?:the )?future)\b|one \w+ at a time\b|(?:please )?remember(?:: | that (?:we|you|all|the)\b)"),
    # How it is to look.
    (("each ", "every ", "all ", "test", "when ", "whenever ", "small", "tiny", "short", "atomic", "separate", "clean", "minimal", "frequent"),
     r"please .*\b(?:each|every) \w|(?:each|every|all) (?!time\b)(?:[\w-]+ ){1,3}(?:should(?!.*\bbut\b)|needs?|must|(?:go(?:es)?|live|belong)s? (?!wrong|away|missing|to the wrong)\w+)\b|"
     r"for (?:each|every|all) [^,]{3,40}?,? (?:i want|use|add|write|please|we|there (?:must|should))\b|tests? (?:first|before)\b|"
     r"when(?:ever)? (?:you )?(?:writ|add|chang|edit|commit|creat|test|refactor|renam|mov|push|document|answer|updat|touch|implement|fix)\w* [^,]{2,60}, ?(?!the\b|it\b|i\b|there\b|this|that|an?\b|we\b|nothing|you (?:get|see))\w|"
     r"(?:(?:i (?:want|need|like)|make|do|write|use) )?(?:small|tiny|short|atomic|separate|clean|minimal|frequent)(?:,? (?:and )?\w+)? (?:commits|prs|steps|answers|replies|functions|diffs|changes)\b"),
    (("keep ",),
     r"(?:please )?keep (?!going|on\b|up\b|trying|working|looking|at\b|you\b)\w[^,.]{1,40} "
     r"(?:short|small|simple|brief|concise|minimal|compatible|below|under|readable|clean|consistent|private|separate|local|intact|stable|english)\b"),
    ((" not ",),
     r"(?:and |please |no,? |ok,? |but )*(?:use|put|write|call|name|do) (?!(?:the|this|that|it)\b(?! (?:[\w-]+ )?\w+s\b))[^,.;]{1,50},? not (?!yet|sure|working|the (?:one|other)\b)[\w`]"),
    (("should ", "have to ", "need to ", " stay ", " belong "),
     r"(?:functions|methods|components|classes|modules|files|tests|commits|names|variables|messages|types|prs|branches|comments|endpoints|queries) "
     r"(?:should|have to|need to|stay|belong) (?!pass|work|be (?:green|fine))\w"),
    (("names ", "messages ", " belong ", " go ", " live ", " explain ", " describe ", "comments say ", " cover ", " state ", " follow ", "in this ", " stay", " remain", " length", " width", "answer ", "reply ", "respond ", "speak ", "talk "),
     r"(?:branch|file|class|variable|commit|test|table|column|function|package|event)[- ]?(?:names|messages) (?:are (?!wrong|broken|missing|not|too|in)|follow|start|look like|always)\b|"
     r"(?:types|tests|styles|helpers|utils|constants|commands|hooks|components|logs|queries|migrations|strings|docs|fixtures|files|comments|secrets|translations) (?:go|belong|live) (?!missing|wrong|away|red|green)\w|"
     r"(?:comments|docs|tests|commits|names|answers|docstrings) (?:explain|describe|cover|state|follow|say) \w|(?:(?!there|what)[\w-]+ (?:is|are)|it'?s) (?!an? |broken|not|wrong|missing)[^,.;]{2,40} in this (?:repo|project|codebase)\b|"
     r"(?:(?:the|our|all) )?(?:[\w-]+ ){0,3}(?:signatures?|apis?|interfaces?|behaviou?r|formats?|shapes?|names|schema|urls?|routes|keys) (?:stays?|remains?) |"
     r"line (?:length|width)\b.{0,12}\d|(?:please )?(?:answer|reply|respond|speak|talk) (?:to me )?(?:(?:only )?in (?!the |an? |this |my )\w|briefly|concisely|shortly)"),
    (("follow ", "adhere ", "respect ", "obey "),
     r"(?:please )?(?:follow|adhere to|respect|obey) .{1,40}\b(?:format|style|conventions?|guide(?:line)?s?|rules?|patterns?|structure|naming|example)\b"),
)  # fmt: skip
_THING: Final = r"(?:`[^`]+`|[!\w/+.#'(<:*@-][\w/+.#'()<>:*@-]*(?<![.:]))"
# What stands in one, likewise.
_ANYWHERE: Final = (
    (("must", "avoid", "ensure", "refrain", "forbid", "require", "mandat"), r"\b(?:must(?:n'?t)?|avoid|ensure|refrain|forbidden|a requirement|mandatory)\b"),
    (("sure", " on", "until i ", "forward", "circum", "at all times", "as a rule", "better", "hold off"),
     r"\b(?:make sure(?! (?:it|this|that) \w+[.!]?$)(?!.*\bnow[.!]?$)|be sure|from (?:now|here|then|today|tomorrow|\w+day) on|going forward|under no circumstances|at all times|as a rule|better not|hold off (?:on|with)|until i (?:say|tell|confirm|approve|ok))\b"),
    (("need", "should", "shall", "stop", "has to", "have to", "stay", "remain", "keep"),
     r"\b(?:no need (?:to|for)(?! worry| \w+ (?:it|that|this|them)\b)|stop \w+ing|(?:should|shall|need)(?: not|n'?t)|shouldnt|needs? to (?:work|keep|be|stay|support|remain)|"
     r"you (?:have|need) to (?:run|use|ask|test|write|commit|check|keep|follow)|(?<!i )ha(?:s|ve) to (?:be|stay|live|remain|work|support|keep|fit|pass|run (?:on|in|under|without|offline))|(?:stays?|remains?|keeps?) (?:exactly |completely )?(?:untouched|unchanged|as (?:it )?is|as they are|the same|identical|intact|compatible|stable)\b|"
     r"should (?:only|always|stay|remain|(?:work|run) without)|stay (?:out of|away from))\b"),
    (("only",), r"\bonly (?:use|change|touch|edit|modify|work|write|fix|answer|do(?! the (?:first|second|third|last)\b)|run|when|if|in|the(?! (?:first|last|second|third|other|\w+ ones?)\b)|what\w*|exactly)\b|\b(?:use|do|run|change|touch|edit|keep|need|want|not|just|work) only\b|"
     r"\b(?:you|we)(?:'re| are) (?:only allowed\b|allowed to [^,.;]{2,40} only\b)|" rf"\b(?:you|we) (?:can|may) (?:only {_ACT}|{_ACT} [^,.]{{1,30}} only)\b"),
    (("instead of", "rather", "prefer", "i want", "i only", "please use", "stick "),
     r"\b(?:instead of|rather than|preferably|i(?:'d| would) (?:rather (?:have|use|not|keep|you|we|avoid)|prefer(?! to (?:look|see|wait)))|i only want|i want (?:all|every|each|only|no|nothing)|please use (?!it\b|this|that|the (?:first|second|third|last|other|new|old)\b)\w+|stick (?:to|with))\b|"
     r"(?:^|[,;:] ?|\b(?:please|i|we|strongly) )prefer\b"),
    ((" that", "in mind", "would be", "possible"),
     r"\b(?:(?:important|crucial|essential|vital) that|keep in mind|would be (?:great|good|nice|better) if it (?:didn'?t|never)|"
     r"as (?!soon|quick|fast)\w+ as possible|where(?:ver)? possible)\b"),
    (("never", "always"),
     r"(?:^|[,;:(] *|\b(?:please|hm+|hey|oh|well|wait|ok|btw|but|and|so|also|just|then|you|we|i|to|not|now|should|shall|will|may|it|that|this|\w{2,}s|"
     r"everything|everyone|code|be) )(?:never(?! ?mind(?:[,.!]|$| (?:that|it|this|the)\b))|(?<!can )always) (?!an? |there\b|nice|great|good|helpful|happy)\w|\bare (?:always|never) [^,;]{1,60}\b(?:here|in this (?:repo|project|codebase))\b"),
    # What is banned, without a verb: "no mocks", "in Go, no generics please".
    (("no ",), r"(?:\b(?:please|with|add|adds|adding|use|introduce|introducing|install|pull in|bring in|want|create|make|accept|allow) )no (?:new|more|extra) (?!errors?\b|problems?\b|issues?\b|warnings?\b|questions?\b|messages?\b|complain|time\b|luck|data\b|rows?\b|results?\b|output|items?\b|entries|lines?\b|info|sense)\w|\bno (?:external|emoji|comments?|mocks?|dependenc\w+|hacks?|fallbacks?|backward|micro\S*|(?!\w+thing\b)\w+ing)\b|"
     rf"(?:^|[,;:] *|\b(?:so|and|but|also|or|said|still|again) )(?:please )?no (?!{_NO_BAN}){_THING}(?: (?!{_TELLS}){_THING}){{0,5}}(?=[.!,;:)]|$| (?:and|but|so|because) )"),
    (("nothing",),
     rf"\bnothing (?:hard-?coded|may|should|gets \w+ without)\b|\bnothing (?:else )?(?:in|from|under|outside)(?: (?!{_TELLS})[\w/.-]+){{1,5}} (?:may|must|should)\b|\bnothing (?:else )?(?:in|from|under|outside) [\w/.-]+(?: [\w/.-]+)?(?: [\w/.-]+(?<!s))?(?:[.!,;]|$)|\bso nothing (?:goes|gets)\b|(?:,| and) nothing else[.!]?$"),
    (("without ",), r"\bwithout (?:any|asking|breaking|changing|touching|adding|removing|modifying|losing|my)\b|\bbut without \w"),
    (("may not", "not allowed", "not to"),
     r"(?<!it )(?<!this )(?<!that )\bmay not (?:change|use|contain|import|depend|exceed|break|touch|call|write|edit|lose)\b|\b(?:is|are) not allowed(?: here)?(?:[.!,;]|$)|\b(?:you|we)(?:'re| are) not (?:allowed|to)\b|"
     r"\bnot to be (?:edited|touched|changed|modified|committed|used|renamed|deleted|removed|run)\b"),
    (("rule", "convention", "policy", "supposed"), r"\b(?:that'?s|it'?s|is) (?:an?|our|the) (?:\w+ )?(?:rule|convention|policy)\b|\bsupposed to (?:live|go|stay|use|follow|belong)\b"),
    (("not ", "don't", "dont"), _IMPERATIVE_NOT),
    (("n't ", "dont ", "not ", "no longer", "we never", "i never"),
     r"\b(?:i|we) (?:no longer|don'?t|do not|never) (?:use|support|allow|accept|write|want) (?!it\b|this|that|them)\w|\b(?:we|you) (?:don'?t|do not) (?:want|need) (?!it\b|this|that|them)"),
    (("leave ", "hands off", "limits", "inside", "within", "separate", " own ", "case", "snake", "in one ", "in a ", "minimal", "smallest", "small steps", "we only "),
     r"\b(?:leave [^,;:]{1,40} (?:alone|as (?:it )?is|as they are|as-is|unchanged|untouched|where (?:it is|they are)|out of (?:it|this))|leave \w+ as|hands off|off[- ]limits|"
     r"(?:stay|keep) (?:inside|within)|in (?:a separate|its own|their own) (?:branch|worktree|commit|pr|file)|(?:in|use) (?:snake|camel|kebab|pascal|upper|lower)[-_ ]?(?:case|snake)\b|(?:changes|all|it|everything) in (?:one|a single) (?:file|commit|pr|branch)|"
     r"in small steps|we only (?:support|use|ship|target|deploy|build)|(?:minimal|smallest(?: possible)?) (?:diff|change)s?)\b"),
    (("we ",), r"\bwe (?:won'?t|will not|are not going to|aren'?t going to) (?:be )?(?:us|add|support|chang|touch)\w+|\bwe (?:only |always |still )?(?:use|write|prefer|follow|name|put|target|indent|format) [^,.;]{1,50}"
     r"(?:\b(?:here|in this (?:repo|project|codebase))(?:[.!,;]|$)|, not\b)"),
    (("commit", "ask ", "check with", " my ", "let me", "myself", "ask me"),
     r"\b(?:(?:before|after) (?:you )?commit\w*|(?<!to )ask (?:me |us )?(?:before|first|instead)\b|check with me\b|let me (?:do|handle) (?:the|all)\b|"
     r"ask me(?! (?:to|why|what|how|again|about)\b)(?<!n't ask me)(?<!(?:not|you) ask me)(?<! to ask me)(?<!they ask me)|"
     r"(?:wait for|until|without|need) my (?:ok|approval|permission|go|review|sign)|i(?:'ll| will)?(?: (?!test|look|check|try|see|read|did|was|tested|tried|ran)\w+){1,5} myself\b|conventional commits\b)"),
    ((" per ", " for e", "whenever", "time you"), r"\b(?:(?:one|a single|a separate) (?:\w+ ){1,2}(?:per|for each|for every) \w|"
     r"(?:whenever|every time|each time) you (?:change|edit|add|commit|push|write|create|finish|make|touch|update|fix|modify|delete|rename|are)\b)"),
    (("each ", "every "),
     r"(?:^|[,;:(] ?|\b(?:and|but|so|please|then) )(?:commit|push|run|test|stop|ask|wait|report|update|build|lint|format)\b[^.,;?]{0,40}\b(?:after|before|for) (?:each|every) "),
    (("use ",), r"\buse (?!it\b|that|this)[^,.;]{2,50} (?:for (?:any|all|every|each|everything)|everywhere)\b"),
    ((" not ",), r"\([\w@/-]+,? not [\w@/-]+\)|^[\w@/-]+, not [\w@/-]+[.!]?$"),
    (("each ", "every ", "keep "), r"\b(?:each|every) \w.* please\b|\bkeep (?:(?:it|this|them)(?! ?(?:\w+ing|like (?:that|this)|up)?[.!]?$)|the (?!first|second|third|last|others?\b|rest\b|ones?\b)|all|my|our|each|every|things)\b"),
    (("max", "no more than", "not more than"), rf"\b(?:max(?:imum|\.)?|no more than|not more than) (?:\d+|one|two|three|four|five) {_UNITS}\b"),
    (("answers ", "replies ", "messages ", "comments ", "strings ", "tests ", "spelling", "english", "same "),
     r"\b(?:(?:answers|replies) in \w+ \w|(?:commit messages|comments|answers|replies|docstrings|tests) "
     r"(?:belong in|go in|go next|(?:always )?in (?:english|german|french|spanish|imperative|the imperative))\b|"
     r"(?:british|american) (?:spelling|english)\b|same (?:\w+ )?(?:convention|style|format|pattern|layout|structure)s? as\b)"),
)  # fmt: skip
LEADS: Final = (
    *_LEADS,
    *rules_shape.LEADS,
    *rules_bare.LEADS,
    *rules_stated.LEADS,
    *rules_hasty.LEADS,
    *rules_held.LEADS,
)
PARTS: Final = (*_ANYWHERE, *rules_shape.PARTS, *rules_hasty.PARTS, *rules_held.ANYWHERE)
_AT_START: Final = Hinted((*LEADS, (RULED_HINTS, RULED)))
_ANY_PLACE: Final = Hinted(PARTS)
_PART: Final = re.compile(r"[,;:(–—-]\s+|(?<=\d)\.\s+|\s(?=(?:and|but|so|then|because|as long as)\s)")  # noqa: RUF001 - as people write
_FILLER: Final = re.compile(
    r"(?:(?:kindly|please to|please|pls|plz|still|and|but|so|also|just|then|because|ok(?:ay)?|hey|hi|no|nope|yes|yeah|hm+|um|uh|uhm|btw|oh|well|now|again|remember|that|next time|one (?:more )?thing|as long as|(?:our|the) (?:rule|convention|policy) is(?: that)?|(?:from (?:now|here) on|from here|in (?:the )?future|whatever you do|for now|and um),?|i(?:'d| would) (?:really |also )?like you to|i (?:want|need|expect) you to)\b[,.!:]* *)*"
)
FIRM: Final = re.compile(
    rf"\b(?:from now on|in (?:the )?future|going forward|(?:each|every) time|never|always|only|not?|must|stick (?:to|with))\b|{_IMPERATIVE_NOT}"
)


# An order about one thing, that is done with it; and words by which what follows bounds it for good.
_ON_ONE: Final = (
    r"(?:(?:put|place|move|limit|set|call|rename|make|turn|wrap|split|extract|export|show|apply|merge) (?:it|that|this|both(?: \w+)?|these two|those two)\b(?! (?:repo|project|codebase|again|yourself|an? (?:habit|rule|point)))|do (?:it|that|this)(?=[:,.!]| but\b| now\b| then\b| for\b)|"
    r"push both\b|use the (?:existing |same )?(?:[\w-]+/)+[\w.-]+[.!]?$|use the (?:\w+ )?(?:one|version|variant|colou?r) |use [^,;.]{1,40} for (?:this|that)\b(?! (?:repo|project|codebase)))"
)
_ALSO: Final = r"\b(?:never|always|without|from now|every|each|not|no|don'?t|unless|until|all|before|after|when|if|only (?:if|when|after|use)|keep|ask|instead)\b"
# Blanked before a rule is looked for: of what a sentence begins with all that it says so.
_UNSAID_FIRST: Final = re.compile(
    # What others said, or what is to be made says.
    r"(?!as i\b)(?:the|my|our|a|an|his|her|their|this|that|he|she|they|it|someone|somebody|from|in|as)\b(?: [\w'-]+){0,4}? (?:says?|said|wrote|writes|states?|claims?|"
    r"told (?:me|us)|complains?|mentions?|tells me|reads)\b.*|"
    r"(?:docs|documentation|manual|readme|logs?|linter|compiler|google|wiki|stackoverflow|chatgpt) (?:says?|said|claims?|tells? me|complains?)\b.*|translate\b.*|(?:please |now |then )*(?:(?:add|write|create|insert) (?:[\w-]+ ){0,4}(?:validation|check|rule|text|label|comment|note|message|warning|line|test)|(?:rewrite|improve|shorten|rephrase|reword|explain|summari[sz]e|correct) [^:]{0,60}): .*|"
    r"(?:the|an?|it|this|that|there|my|our|i|he|she|they)\b(?!.*\b(?:should|must|want|need|prefer|please|rather have)\b)[^,;]{1,200}\b(?:instead of|rather than)\b|"
    r"(?:(?:thanks?|thank you|great|lol|haha|wow|nice|well)[,!.]* )*you (?:always|never) (?!have|need)\w+|my \w+ must be\b|(?:you|he|she|they|that) must be (?:an?|the|so|joking|kidding|crazy|mad|right|proud|tired)\b.*|"
    r"(?:(?:but|and|so|well|oh|btw),? )*(?:if (?:i|we) (?:ever|were|was|had|could)\b|if this (?:were|was) (?:my|our)\b|imagine\b|suppose\b|(?:wouldn't|wouldnt|would) it\b|i wish\b|in a perfect world\b)(?!.*\b(?:ask|tell|stop|remind|please)\b).*|"
    r"(?:according to|as (?:the|per) (?:docs?|documentation|manual|spec\w*|handbook)|(?:the|this|that) (?:rfc|spec\w*|manual|datasheet|exercise|assignment|handbook|policy|standard|book|textbook|article|tutorial) (?:requires|demands|forbids|allows|recommends|wants))\b.*|"
    rf"(?:(?:ok(?:ay)?|yes|yeah|perfect|great|fine|good|nice|and|then|now|so|please|just),? )*{_ON_ONE}(?!{_ALSO})(?:.(?!{_ALSO}))*|"
    r"(?:perfect|great|ok(?:ay)?|fine|good|nice|cool|thanks|lovely|alright)[,.!:]* (?:please |just |then |so )*(?:leave|keep) (?:it|everything|that|this|all|the rest) (?:as (?:it )?is|like (?:that|this)|so|alone|there)\b.*|i(?:'d| would) rather have (?:\d|one|two|three|four|five|the|it|that|this)\b.*|"
    r"(?:ha){2,}h?[,.!]* (?!.*\b(?:please|don'?t|do not|you|we)\b).*|.*[,. ](?:(?:ha){2,}h?|lol)[.!]*$|nothing (?:in|on) the (?:logs?|console|output|terminal|docs|list|table|browser)[.!]?$|no \w+ in the \w+[.!]?$|"
    # What is guessed, is or was so; or is thought better of.
    r"(?:(?:hm+|well|ok(?:ay)?|no|but),? )*(?:rather|better|maybe|probably) not(?:[,.!]|$).*|"
    r"(?:i think |i guess |so |then )?(?:it|this|that) must be (?:the|a|an|some|in|because|from|due|that)\b|"
    r"(?:(?:and|but|so|oh|well|hm+),? )*i (?:\w+ly )?(?:never|always|only|must|should) (?!want|prefer|expect|need)\w+|"
    r"only (?:the|one|two|this|that) .{1,40}\b(?:fails?|failed|works?|breaks?|broke|is|are|was|were|remains?|shows?)\b|"
    r"no (?:errors?|warnings?|output|results?|response)\b.*|no\b[^,;]{0,60}\b(?:is|was|were|did|does|appeared|appears|shows?|shown|found|happens?)\b|"
    r"only (?:in|on) (?:safari|chrome|firefox|edge|mobile|ios|android|windows|mac\w*|linux|prod\w*|staging|dark mode)[.!]?$|always \w+ing\b.*|always the same (?:error|problem|issue|result|thing|message|story|line|failure)\b.*|.*\b(?:this time|just once)\b(?! only)(?:(?!, but ).)*|.*\bi (?:don'?t|do not|dont) (?:get|understand|know|see) (?:why|how|what|if|whether)\b.*|(?:.*, )?(?:let'?s (?:please )?not|no need) .*\b(?:today|tonight|now|yet|this week|here)[.!]?$|instead of (?:the|this|that|these|those|my)\b|(?:please |now |just |ok(?:ay)?,? )*(?:re-?run|run|test|fix|show|execute)(?: me)? only (?:the|this|that|these|those) [\w-]+(?: [\w-]+){0,4}[.!]?$|(?:revert|undo|delete|remove|drop|reset)\b[^.;]*\bbut (?:keep|leave)\b.*|(?:.*, )?(?:show(?! me)|display|render|hide|open|redirect|print|return|say(?! so\b))\b[^.;]*\binstead\b.*|(?!(?:if|when|whenever|unless|once|in case)\b).*\b(?:fails?|failed|works?|worked|happens?|breaks?|broke|crash\w*|occurs?|appears?|shows?)\b[^;]*, (?:but |and )?never\b.*|(?!(?:if|when)\b).*\bonly \w+(?<!s)s\b[^;]*, (?:but |and )?never\b.*|(?:(?:and|but|so|ok(?:ay)?|oh|well|hm+),? )*(?:we|i) (?:\w+ly )?(?:never|always|only) (?:get|see|receive|got|had|know|hit|reach|find|hear|end up)\b|.*\bor (?:else )?(?:it|they) (?:just |then )?(?:breaks?|fails?|crash\w*|hangs?|dies?|explodes?)\b.*|.*\bthat'?s why\b.*|.*\bi just want(?:ed)? to (?:understand|know|see)\b.*|(?:don'?t|do not) \w+, just (?:paste|give|show|tell|send)\b.*|"
    r"(?:(?:please|now|ok|just),? )*(?:run|try|do|test|start|show)\b.*\bagain[.!]?$|(?:ok(?:ay)?|then)\b.*\bthen[.!]?$|.*\b(?:should|must)(?:n'?t| not)? be able to\b.*|.*\bi(?:'ve)? (?:already|just) (?:did|ran|fixed|have|done|restarted|tested)\b.*|"
    r".*, (?:how (?:hard|would|do|can|come)|why|where (?:would|do|can|is)|what do) .*"
)
_MAKES: Final = re.compile(  # what is to be made, before what it does
    r"((?:(?:please|and|now|then|also|can you|could you|next),? )*(?:add|write|create|implement|build|make|show|validate|check|verify|return|display|generate|print|throw|raise|render|hide|disable|enable|send|redirect|emit|handle|report|fix) "
    r"(?!sure|it\b|that\b)(?:[^,.;:]{2,60}? )?)(?:that|which|when|if|whether|where|who|telling|saying) "
    # Behind a comma may stand what it is made with, and for.
    r"(?:(?!, (?:but |and )?(?:(?:it )?(?:has to|must|should|needs to) (?:run|work|build|compile) (?:on|in|with|under|without|offline)|"
    r"(?:no|without) (?:new |extra |external |more )?(?:deps|dependenc\w+|libs?|librar\w+|packages?|frameworks?))\b).)*"
)
# Wherever it stands, each with words of which one stands in all that is found.
UNSAID: Final = (
    # What others said, and what is shown: words in quotes.
    (('"', "“", "'", "`"),
     r"\"[^\"\n]{3,400}\"?|“[^”\n]{3,400}”|(?<!\w)'[^'\n]{3,200}'(?!\w)|(?<![\w`])`[^`\n]{0,100}(?:\s|never|always|must|only)[^`\n]{0,100}`(?!\w)"),
    (("following", "this sen", "this text", "this mess", "this err"), r"\b(?:the following|this (?:sentence|text|message|error))\b[^:]{0,30}:.*"),
    # What is guessed, and what users must do.
    (("must", "has to", "have to", "need"),
     r"(?:^|, |\b(?:so|then|probably) )(?:(?:it|this|that) )?must be (?:(?:the|some) (?!same\b|only\b)|because|due|from)\b[^,.;]*|"
     r"\b(?:users?|one|people|we) (?:must|ha(?:s|ve) to|needs? to) (?:click|press|restart|reload|refresh|log (?:in|out))\b|\bneeds? to be (?:restarted|reloaded|refreshed)\b|"
     r"\bmust (?:not )?(?:have|of) (?:been|\w+ed|broken|gone|got|made|lost|done|come|become|reached|sent|set|forgotten)\b|\bmust be (?:an? |some |the )?[\w -]{2,30}? (?:thing|issue|problem|bug|error)\b|\bmust be (?:broken|wrong|missing|down|cached|stale|related|caused)\b|"
     r"\b(?:it|this|that) has to be (?:the|an?|some|because)\b|\bthere must be (?:an? |some )?(?:bug|leak|error|mistake|reason|way|problem|issue|something)\b"),
    (("at most", "up to ", "more than", "max"),
     r"(?<!must )(?<!should )(?<!shall )(?<!may )\b(?:accepts?|allows?|shows?|has|have|holds?|takes?|contains?|returns?|lists?|displays?) (?:at most|up to|no more than|max\w*) [^,.;]*"),
    (("should", "must not"),
     r"\bshould(?: never| not|n'?t) have (?!to\b|an?\b|the\b|any\b|more\b)\w+(?:ed|en|t|de|ne)\b|^(?:(?:and|but|it|this|that|which),? )*(?:should|must)(?:n'?t| not) (?:happen|occur|crash|fail|break|hang|freeze|throw|take|be (?:so|that|possible|there|empty|visible)\b)\w*|"
     r"\b(?:that|this|it|which) (?:should(?:n'?t| not)|must not) (?:need|require|matter|happen|occur|crash|fail|work|take|be (?:so|that|possible|there|empty|visible)\b)\w*|\bthere should(?:n'?t| not) be\b"),
    # What is or was so.
    (("never", "always", "only"),
     r", only (?:the|one|two|an?) [\w ]{2,30}?\b(?:shows?|works?|fails?|is|are|appears?|spins?|remains?|comes?|opens?)\b|"
     r"\bnever (?:terminates?|finish|ends?|completes?|passes|pass|stops?|starts?|loads(?! an?\b)|works?|comes?|fires?|responds?|arrives?|succeeds?)\b(?! (?:you|me|without))|"
     r"(?<!s are )\b(?:never|always) (?:had|seen|been|saw|was|were|did|got|gotten|knew|found|heard|came|went|made|understood|thought|\w+ed)\b|"
     r"(?<!^)\b(?:never|always) (?!(?<=, never )(?:[\w-]+ )?[\w-]+s[.!]?$)(?!(?:exceptions|errors|ints|integers|floats|strings|spaces|tabs|classes|mocks|globals|numbers|objects|pointers|nulls|booleans|emojis|abbreviations|aliases|hacks|threads|callbacks|promises|\w+days|weekends)\b|leaves|exceeds|touches|access|process|pass|press|discuss|focus|address|express|dismiss|bypass|cross|class)\w*[a-z]s\b(?! (?:should|must|for|as|in (?:tests|code))\b)|"
     r"\b(?:it|that|this|there|what|he|she|who)(?:'s| is| was| has|s)? (?:never|always|only)\b|\b(?:is|was|were|has|had|have|been|did|does) (?:never|always)\b|"
     r"\bonly (?:works?|shows?|runs|happens?|fails?|returns?|appears?|loads?|gets?|occurs?|starts|sees?)\b"),
    # One value for another.
    (("instead of", "rather than"), r"\b(?:from|at|to|after|of|by) \d[\w.,%]* (?:instead of|rather than) \d[\w.,%]*"),
    # What a mere wish of the moment is.
    (("prefer to", "no problem", "no worries", "no idea", "no rush", "no hurry", "want to "),
     r"\bprefer to (?:look|see|wait|do (?:it|that|this)|go|talk|discuss|stop|start|continue)\b|\bno (?:problem|worries|idea|rush|hurry)\b|"
     r"\bi (?:don'?t|do not) want to (?:bother|sound|be|wait|waste|lose)\b"),
)  # fmt: skip
STATEMENT: Final = re.compile(
    r"^(?:[\"'“\u2018(]|no matter (?:what|how|where) i\b|like\b|in theory\b|(?:it )?turns out\b|apparently\b|(?:it )?(?:seems|looks) like\b)|^(?:the|an?|my|our|this|that|it)\b[^,;]{0,40}\bkeeps (?!everything|nothing|something)\w+ing\b|^(?:just to be sure,? )?(?:it|this|that|there|they|he|she|the [^,.]{1,60} (?:is|are|was|"
    r"will|does|has)|the \w+ of|it will also)\b[^,;:]{0,60}\bnever\b|^(?:(?:ah+|oh|ok(?:ay)?|hmm+|well|but|and|so)\b,? )*(?!it (?:would|'d) be \w+ if )(?:it|this|that|there|they|he|she|the \w+|i)\b.{0,40}\b(?:doesn'?t|does not|didn'?t|isn'?t|wasn'?t|can'?t|"
    r"cannot|couldn'?t|won'?t)\b|.{0,200}\bi wonder\b|"
    r"^(?:(?:and|but|so|no|well),? )*(?:i|we) (?:just |also |already )?(?:did|had|made|used|wrote|built|tried|ran|got|was|were|went)\b(?!.*\b(?:so|and|but|please|never|always|must|dont|don't|do not)\b)|"
    r"^(?:(?:and|but|so|oh|well|no|hm+)\b,? )*(?:it|this|that|there|he|she|i|the (?:(?!must|should|shall|may|never|to\b)[\w-]+ ){1,3}?)\s*(?!want|need|prefer|should|must|may)"
    r"(?:get|got|see|saw|show|return|print|give|gave|open|render|use|load|crash|fail|work|log|appear|end|redirect|send|sent|was|were|is|tried|ran|did|ha[ds](?! to\b)|went|looks?)(?:s|es|ed)?\b"
    r"(?!.*\b(?:must|should|avoid|let'?s|make sure|ensure|dont|don't|do not|(?:so|and|but) (?:no|never|please)|not allowed|from now on|please|mandatory|approved|signed off|agreed|final|locked|set in stone|off[- ]limits|forbidden|prohibited|not permitted|not to be|frozen|out of (?:bounds|scope)|has to|needs? to)\b|.*[,;:] ?(?:but |and |so |just |please |then )*(?:keep|leave|use|run|put|write|make|only|ask|always|never (?!\w+ly\b))\b)",
)


def demands(plain: str) -> bool:
    """Tell whether a sentence says what sets a rule."""
    if leads := _AT_START.likely(plain):
        starts = tuple(_starts(plain))
        for lead in leads:
            if any(map(lead.match, repeat(plain), starts)):
                return True
    return any(part.search(plain) for part in _ANY_PLACE.likely(plain))


def _starts(plain: str) -> Iterator[int]:
    """Yield where the parts of a sentence begin, without "hey", "and please" and the like."""
    yield 0
    for at in (0, *(found.end() for found in _PART.finditer(plain))):
        if (found := _FILLER.match(plain, at)) and found.end():
            yield found.end()


def unsaid(plain: str) -> str:
    """Return a sentence with a blank for what sets no rule, though it may look so."""
    plain = _blanked(plain, UNSAID[:1])  # what is quoted, before what is said of it
    if first := _UNSAID_FIRST.match(plain):
        plain = f"{BLANK}{plain[first.end() :]}"
    plain = _MAKES.sub(rf"\1{BLANK}", plain, count=1) if _MAKES.match(plain) else plain
    return rules_subject.without_product(_blanked(plain, UNSAID[1:]))


def _blanked(plain: str, parts: Iterable[tuple[Hints, str]]) -> str:
    for pattern in _likely(parts, plain):
        plain = pattern.sub(BLANK, plain)
    return plain


def _likely(parts: Iterable[tuple[Hints, str]], plain: str) -> Iterator[re.Pattern[str]]:
    for hints, pattern in parts:
        if any(map(plain.__contains__, hints)):
            yield compiled(pattern)


def is_told(plain: str) -> bool:
    """Tell whether all that could set a rule in a sentence only tells, quotes or guesses, or is of what is to be made."""
    return STATEMENT.match(plain) is not None or not demands(unsaid(plain))
