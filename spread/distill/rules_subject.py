"""Whom a sentence addresses: who works on the project, or what is to be made, where it tells what that must or must never do.

"Tests must not sleep" is of the work, "guests must not post" of the product. Both say "must", so that their subjects tell
them apart: what a rule of the work speaks of are few things, as code, tests and commits; of a product it may be anything.
"""

import re
from typing import Final

BLANK: Final = "x"  # instead of what sets no rule
# Who uses the product, and what it answers with.
_USERS: Final = re.compile(
    r"\b(?:until|when|unless|if|once|after|before) (?:the |an? |all |any |every |each |some )?(?:users?|visitors?|customers?|players?|guests?|clients?|members?|admins?|they|someone) (?!ask)\w+s?\b"
)
_ANSWERS: Final = re.compile(
    r"the (?:[\w-]+ )?(?:endpoint|handler|api|server|cli|command|service|parser|script|function|method|query|controller) (?:must|should|shall|may|can|has to|needs to|will)(?:n'?t| not| only| never| always)* (?:return|show|display|respond|list|send|contain|include|accept|reject|redirect|print|render|sort|retry|throw)\b"
)
# What users see of a product: that it must work somewhere is told of it, too.
_SCREEN: Final = re.compile(
    r"\b(?:app|(?:web)?site|page|game|ui|layout|form|search|player|screen|menu|dialog|widget|bot|map)$"
)
# Things of the work.
WORK: Final = re.compile(
    r"\b(?:code(?:base)?|tests?|testing|test ?suites?|specs|commits?|commit messages?|branch(?:es)?|prs?|pull requests?|diffs?|patch(?:es)?|changes?|"
    r"(?<!post )comments(?! (?:by|from|of|on|older))|func(?:tion)?s?|methods?|class(?:es)?|modules?|components?|hooks?|types?|typings?|imports?|variables?|"
    r"(?:file|class|branch|test|table|column|package)[- ]?names?|identifiers? in|(?<!\w )names|signatures?|apis?|interfaces?|headers|endpoints?|handlers?|controllers?|prod(?:uction)?|credentials|"
    r"quer(?:y|ies)|sql|tables?|columns?|makefile|targets?|migrations?|schemas?|configs?|configuration|secrets?|logging|logs|exceptions?|dependenc(?:y|ies)|deps|rollbacks?|downgrades?|packages?|librar(?:y|ies)|docs?|"
    r"documentation|docstrings?|readme|changelog|floats?|doubles|threads?|allocations?|malloc|recursion|goto|macros?|generics|lambdas?|decorators?|inheritance|asserts?|regex(?:es)?|polling|sleeps?|frameworks?|plugins?|polyfills?|jquery|docker|python|bash|node|npm|java|perl|ruby|php|mypy|ruff|clippy|eslint|tsc|pyright|ie ?\d+|safari|firefox|versions?|build|ci|pipelines?|lint(?:er|ing)?|shellcheck|flake8|golangci-lint|prettier|rustfmt|gofmt|typecheck(?:er|s|ing)?|coverage|formatting|indentation|styles?|css|markup|fixtures?|mocks?|"
    r"snapshots?|strings|constants?|globals?|magic numbers?|logic|scripts?|answers?|repl(?:y|ies)|solution|implementation|refactor(?:ing)?|fix(?:es)?|bundle|"
    r"(?:source|generated|vendored?|other|existing|these|new|all|any) files?|repo(?:sitory)?|deploy(?:s|ments?)?|releases?|rebas\w+|"
    r"dates?|timestamps?|times|paths?|errors?|cli|formats?|keys?|workflow|llm|server|database|db|wheels?|"
    r"everything|nothing|anything|everyone|nobody|no one|you|we|i)\b|[\w-]/[\w-]|\w\.\w{1,4}\b"
)
_MODAL: Final = (
    r"(?:must(?:n'?t)?|should(?:n'?t)?|shall|may(?! be\b)|can(?:'?t|not)?|needs?|ha(?:s|ve) to|will|won'?t|never|always|"
    r"(?:is|are|does|do|was|were) (?:never|always|only|not allowed)|(?:is|are)n'?t allowed|(?:does|do|is|are|was|were)(?: not|n'?t))\b(?! (?:you|we|i)\b)"
)
_OF_ONE: Final = r"(?!the (?:future|meantime|end)\b)(?:the|an?|all|any|each|every|our|this|these|those|only|no|my|his|her|their)"
_ORDER: Final = (  # a word that makes what looks like a subject the object of an order
    r"(?:use|keep|write|put|run|add|make|ask|leave|stick|prefer|avoid|ensure|commit|push|answer|call|name|wrap|follow|check|format|do|does|"
    r"stop|let|give|show|explain|split|fix|move|treat|handle|read|open|return|create|change|edit|touch|work|stay|remember|see|lint|deploy|"
    r"install|import|document|tell|report|update|set|store|get|go|try|please|that|which|who|it|they|not|never|always|don'?t|stuff|things)"
)
# A subject with what it must do; at the end of a part that may come before it, as "on mobile the …".
_TELLS: Final = re.compile(
    rf"(?:(?:please )?(?:on|when|if|after|before|while|in|for|at|during|once|until|as soon as|then|and|but|so|also|now|ok|with) (?:[^\s]+ ){{0,5}}?)?"
    rf"(?P<subject>{_OF_ONE} (?:(?!that\b|which\b)[\w'-]+ ){{0,4}}?[\w'\"`-]+|(?!{_ORDER}\b)(?:[\w-]+ )?(?:[\w-]+ )?[\w-]{{2,}}(?<!s)s|(?!{_ORDER}\b)[\w-]{{2,}}(?<!s)s(?: [\w-]+){{0,2}}?|"
    rf"(?!(?:{_ORDER}|i|ich|we|you|let|there|no|nothing)\b)(?:[\w+-]+ ){{0,3}}?[\w+-]{{2,}}(?= (?:must|should|shall|may|cannot|can|needs?|ha[sv]e? to|will|won)(?:\b|n'?t\b))) "
    rf"(?:also |still |then |just )?{_MODAL}"
)
_GOES_ON: Final = re.compile(rf"(?:and |but |or |nor )?(?:also |then )?{_MODAL}")
_ADDRESSES: Final = re.compile(rf"(?:(?:and|but|so|also|then|please) )*(?:{_ORDER}|you|we|i|let'?s)\b")
# What is left out of one place, or is not to be seen.
_BANS: Final = re.compile(
    r"\b(?:one|a single|a separate) (?:\w+ ){1,2}(?:per|for each|for every) (?=(?:\w+ )?(?:users?|customers?|accounts?|persons?|people|visitors?|players?|teams?|day|week|month|year|orders?|items?|rows?|pages?|e?mails?|ips?|devices?|tickets?|rooms?|seats?|hosts?|households?|players?|guests?|members?|products?|cards?|games?|rounds?)\b)\w+|"
    r"\bno (?:[^\s,.;]+ ){1,4}?(?:for|on|when|while|if|during|until|after|unless)\b(?! (?:now|me|i|we|you)\b)[^,.;]*|"
    r"\b(?:don'?t|do not|never|not) (?:show(?! me)|display|render|play|redirect)\b[^,.;]*"
)
_IT: Final = re.compile(rf"(?:and |but |also )?(?:it|they|these|those|he|she) (?:also )?{_MODAL}")
# What is ordered, with its verb; and the verbs of those who work.
_DOES: Final = re.compile(
    r"(?:(?:on|when|while|if|once|after|before|until|as long as) [^,]{2,60}, )?(?:(?:and|but|also|then) )?(?:always|never|only|don'?t|do not) (\w+)"
)
_TO_YOU: Final = re.compile(r"\b(?:please|pls|use|keep|without|instead|don'?t \w+ it)\b")
_LEFT_OUT: Final = re.compile(r", no \w|(?:^|, )never \w")
_ACTS: Final = re.compile(
    r"(?:us|add|writ|commit|push|touch|chang|edit|modif|renam|remov|delet|creat|install|import|run|start|deploy|merg|rebas|squash|refactor|reformat|format|mock|"
    r"stub|hard|comment|document|test|ask|wait|stop|tell|explain|answer|repl|guess|assum|invent|skip|break|introduc|rel[iy]|depend|leav|keep|mak|put|mov|cop|"
    r"duplicat|split|bump|upgrad|pin|rewrit|optimi|over|abbrev|print|log|read|open|check|look|plan|propos|draft|simulat|prepar|apply|download|call|catch|swallow|throw|wrap|do|build|go|work|read)"
)
# What leaves a thing as it is, or is done to it by who works on it: of the work whatever its subject is.
_OF_WORK: Final = re.compile(
    r"\b(?:(?:stays?|remains?)(?! (?:open|closed|at|on|off|visible|hidden|locked|empty|there))|unchanged|untouched|(?:not|n't|never) (?:change|break|grow|drop|go up|increase|regress|get (?:slower|bigger|worse|larger))|identical|compatible|intact|keep (?:on )?working|still work|(?:not|n't|never) (?:ever )?leave|my (?:ok|okay|approval|review|go|sign-?off)|stable|reproducible|deterministic|idempotent|reversible|as (?:it )?is|by hand|hard-?coded|committed|pushed|"
    r"merged|rebased|reused|recycled|renumbered|mutated|edited|touched|mocked|tested|documented|reviewed|imported|installed|regenerated|rewritten|refactored|reformatted|"
    r"(?:work|run)s? (?:on|in|with|without|offline)|please|pls|go in|live in|belong|"
    r"based on|written in|implemented (?:in|with)|built (?:on|with)|generated (?:from|by)|configur\w+|optional|handled|logged|match|(?:under|below|within) \d+\w*|run as|root|"
    r"(?:in|from) (?:the |this |our )?(?:tests?|code(?:base)?|repo(?:sitory)?|project|logs?|prod(?:uction)?))\b"
)
_CLAUSE: Final = re.compile(r"[,;:.!()]+\s+|\s+[–—-]+\s+|\s+(?=(?:and|but|so|because|otherwise|or|nor)\s)")  # noqa: RUF001 - as people write
# A report says what is so instead.
_CONTRADICTED: Final = re.compile(
    r"\b(?:but|yet|though)[, ]+(?:(?:rn|right now|currently|now|still|sometimes) )*(?:it|they|he|she) (?:still |sometimes |always )?(?:does|do|is|are|did|was|were)(?! not|n't)\b|"
    r"\b(?:but|yet) sometimes\b|, yet (?!another|to\b)|\b(?:rn|right now|currently|at the moment) (?:it|they|he|she) (?:does|do|is|are|can)\b"
)
# What a rule of the work most often speaks of, with what it must be.
RULED: Final = re.compile(
    r"(?:(?:each|every|all|any|the|our|new|public|private|no|of) )*(?:\w+ )?(?:tests?|test names|commits?|(?:commit )?messages|branches|prs?|docs|docstrings|comments|code|functions?|"
    r"methods?|class(?:es)?|components?|modules?|files|variables|names|changes|migrations?|answers|hooks|helpers|public api) "
    r"(?:should|must|shall|needs? to|ha(?:s|ve) to|gets? (?:its|their|an?) (?:own )?\w|starts? with|ends? with|read like|do(?:es)?n'?t change)"
    r"(?! (?:pass|work|fail|be (?:green|there|fixed|working|visible|empty)|return|show|now|have (?:been|worked))\b)"
)
RULED_HINTS: Final = (
    "should",
    "must",
    "shall",
    "need",
    " has to",
    " have to",
    " get ",
    " gets ",
    "start",
    "end",
    "read like",
    "change",
)


def without_product(plain: str) -> str:
    """Return a sentence with a blank for each of its parts that tells what the product must do."""
    if _CONTRADICTED.search(plain) and "please " not in plain:
        return BLANK
    out, at, of_product = list[str](), 0, False
    for end in [*(found.start() for found in _CLAUSE.finditer(plain)), len(plain)]:
        part = plain[at:end]
        bare = part.lstrip(" ,;:.!()–—-")  # noqa: RUF001 - as people write
        if found := _TELLS.match(bare):
            of_product = not _is_of_work(found["subject"], part) or _is_used(bare)
        elif _ADDRESSES.match(bare) and not is_of_made(bare):
            of_product = False
        blank = found or _GOES_ON.match(bare) or (bare.startswith("no ") and not WORK.search(bare))
        out.append(f"{part[: len(part) - len(bare)]}{BLANK}" if of_product and blank else part)
        at = end
    return _BANS.sub(lambda found: found[0] if WORK.search(found[0]) else BLANK, "".join(out))


def _is_of_work(subject: str, part: str) -> bool:
    return WORK.search(subject) is not None or (
        _OF_WORK.search(part) is not None and not _SCREEN.search(subject)
    )


def _is_used(part: str) -> bool:
    """Tell whether a part that says what must be tells of the users of the product, or what it answers with."""
    return _ANSWERS.match(part) is not None or (
        _USERS.search(part) is not None and _TO_YOU.search(part) is None
    )


def carries_on(plain: str, before: str) -> bool:
    """Tell whether a sentence says of the product what "it" must do, of which the sentence before speaks."""
    found = _TELLS.match(before) if _IT.match(plain) else None
    return found is not None and not (WORK.search(found["subject"]) or _OF_WORK.search(plain))


def is_of_made(plain: str) -> bool:
    """Tell whether a sentence orders what a thing that is to be made does, below an order to make it."""
    if WORK.search(plain) or _TO_YOU.search(plain):
        return False
    if _GOES_ON.match(plain) and not _DOES.match(plain):
        return True
    found = _DOES.match(plain)
    return not _ACTS.match(found[1]) if found else _LEFT_OUT.search(plain) is not None
