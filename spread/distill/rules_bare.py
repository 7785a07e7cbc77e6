"""Rules without a word that says so: a version, a bound, a quality or a technique, named beside a task.

"python 3.9, the server has no other" binds as much as "always use python 3.9". Alone such words may be a task or an answer:
only those are looked for that name how the work is to be, and no thing to be made. They stand where a part of a sentence
begins, in lower case with straight apostrophes, and nothing is told of them.
"""

from typing import Final

_TECH: Final = (
    r"(?:python|node(?:\.?js)?|go|golang|java|jdk|kotlin|scala|php|ruby|rails|rust|perl|swift|dart|elixir|lua|c\+\+|c#|\.net|dotnet|typescript|ts|javascript|js|ecmascript|"
    r"react|vue|angular|svelte|next(?:\.?js)?|nuxt|django|flask|fastapi|spring(?: boot)?|laravel|symfony|wordpress|drupal|postgres(?:ql)?|mysql|mariadb|sqlite|redis|ios|android|"
    r"msrv|bash|posix|cmake|gcc|webpack|vite|tailwind|bootstrap|jquery|pandas|numpy|pydantic|sqlalchemy|xcode|unity|godot|flutter|gradle|terraform|helm|html|css|cuda|es|api level)"
)
_WHY: Final = r"(?:bc|because|since|as|cause|cuz|coz|weil|da|parce|porque|perché|ya que|так как|потому)"
_UNIT: Final = r"(?:ms|s|sec(?:onds?|s)?|sekunden|min(?:utes?)?|kb|mb|gb|k|%|percent|px|fps|lines|loc|chars|words|zeilen|zeichen|bucks|euros?|dollars?)"
# A word with which something is told.
_FINITE: Final = r"(?:is|are|was|were|has|have|had|does|did|do|doesn't|don't|didn't|can|can't|gets?|got|looks?|seems?|shows?|works?|fails?|failed|broke|breaks?|came|comes|went|goes|now|still|again|missing|broken|wrong)\b"
# Things of the work, in the plural or of no number, as what goes for all of them is told.
_WORK: Final = (
    r"(?:(?:unit |error |commit |log |public |api |docker |config |env )?(?:tests|specs|commits|messages|branches|prs|patches|diffs|functions|methods|classes|modules|components|hooks|types|imports|exports|variables|names|"
    r"ids|endpoints|queries|tables|columns|migrations|configs|secrets|logs|logging|exceptions|errors|dependencies|deps|packages|docs|docstrings|comments|versions|builds|releases|images|containers|fixtures|mocks|strings|"
    r"constants|scripts|answers|replies|explanations|timestamps|dates|times|amounts|prices|money|paths|urls|colou?rs|icons|styles|styling|layouts|state|caching|validation|translations|texts|labels|charts|figures|tables|styling))"
)
_END: Final = r"(?=[.,!;]|$)"
_TOLD: Final = r"(?!is\b|are\b|was\b|were\b|be\b|not\b|isn't|aren't|it\b|its\b|this\b|that\b|there\b|i\b|took|takes|got\b|has\b|have\b|at\b|make\b|makes\b|shows?\b)"

# Each with words of which one stands in all that is found.
LEADS: Final = (
    # The version that is there, and what does not move.
    ((" 0", " 1", " 2", " 3", " 4", " 5", " 6", " 7", " 8", " 9", " v"),
     rf"(?<!, ){_TECH} v?\d[\w.+]*(?:,? {_WHY} \w|,? (?:min(?:imum)?|max(?:imum)?|at (?:most|least)|tops|only|required){_END}|"
     r", ?(?!but\b|same\b|still\b|and\b|which\b|then\b|it\b|i\b|error|works?\b|fails?\b|on\b|in\b|with\b|no\b|not\b|\d)(?:[\w'-]+ ){2})|"
     r"(?:the |our )?[\w-]*(?:sdk|version|target|schema|limit|level|api|msrv|runtime) (?:stays?|remains?) (?:(?:at|on) )?v?\d"),
    # A bound.
    ((" <", " >", " ≤", " ≥"),
     r"(?:please )?keep [^,.;]{1,40} (?:<=?|>=?|≤|≥) ?\d|(?:[\w-]+ ){1,3}(?:<=?|>=?|≤|≥) ?\d[\d.]* ?(?:ms|s|sec|seconds|kb|k|mb|gb|%|lines?|loc|chars?|px|fps|bytes?)" + _END),
    ((" max", " min", " tops", " at most"),
     rf"(?:{_TOLD}(?!a\b)(?!{_FINITE})[a-z-]+ ){{0,2}}(?:\d[\w.]*|one|two|three)(?: {_TOLD}[\w/-]+){{0,4}} (?:max(?:imum)?|min(?:imum)?|tops|at most){_END}"),
    ((" under ", " below ", " within ", " unter ", " sous ", " menos de ", " abaixo de "),
     rf"(?:{_TOLD}[^\W\d][\w-]* ){{1,3}}(?:under|below|within|unter|sous|menos de|abaixo de) \d[\d.,]* ?{_UNIT}{_END}"),
    # What things of the work are with, as, from; and which of them.
    ((" as ", " via ", " without ", " through ", " with "),
     rf"(?:all )?(?:{_WORK} (?:always )?(?:as(?! attached| follows| expected| usual| before| described| above| below)|via|without|through)|(?:tests|specs|mocks|styling|validation|caching|logging) with(?! \d| (?:the|an?|some|many|no|errors?|failures?|warnings?|conflicts?)\b)) "
     rf"(?!{_FINITE})[\w`-]+(?: (?!{_FINITE})[\w`.-]+){{0,5}}{_END}"),
    ((" only ", " only:"),
     rf"(?!the\b|it\b|works|happens|fails|shows|appears|breaks|crash|visible|reproducible|occurs|error|bug|still|but\b|and\b|i\b|we\b|you\b|this|that|so\b|{_FINITE})[\w-]+(?: (?!{_FINITE})[\w-]+)? only(?::| (?:from|via|through|with|in (?!safari|chrome|firefox|prod)[\w/]*/)) ?\w"),
    (("all ", "every ", "each "),
     r"all (?:[\w-]+ ){1,3}(?:documented|typed|tested|reviewed|covered|escaped|validated|logged|signed|translated|locali[sz]ed|namespaced|prefixed|versioned|pinned|sorted|annotated|encrypted|commented)(?=[.,!;]|$)|"
     rf"(?:[\w-]+ )?(?:{_WORK}|aria-labels|alt texts?) (?:on|in|for) every [\w-]+[.!]?$|"
     r"i(?:'d| would)? (?:like|want|need) [^.;?]{2,60} (?:at the end of|with|after|before|in|for) (?:each|every) (?:answer|reply|response|message|step|change|commit|edit|task|finding|file|function|class|test|pr|example)"),
    (("everything", "stuff", "things", "concepts"),
     r"(?:please )?(?:log|document|test|type|validate|escape|record|track|comment) everything\b|(?:please )?explain (?:stuff|things|everything|concepts)\b"),
    ((" for anything ", " for all "), rf"(?!thanks|thx|sorry|good|great|fix|same\b|not\b|ok\b|now\b|again\b|{_FINITE})[\w.+#-]+ for (?:anything|all new) (?!else\b)\w+{_END}"),
    (("c++", "c89", "c99", "c11", "c17", "es5", "es6", "es20"), rf"(?:c\+\+\d\d|c(?:89|99|11|17)|es(?:5|6|20\d\d)){_END}"),
    (("schema", "api", "types"), r"(?:schema|api|types)[- ]first[.!]?$"),
    (("each ", "every "),
     r"(?:please )?(?:explain|justify|announce)(?: to me| me)? (?:each|every) (?!of\b|line of)\w+(?: you\b.*)?[.!]?$|tell me (?:about )?(?:each|every) \w"),
    (("under a", "within a", "below a"), r"(?:start-?up|load(?:ing)?|response|build|page load|tests?)(?: times?)? (?:under|within|below) an? (?:second|minute|half)"),
    (("less than ", "under ", "within ", "below "), r"(?:in |always )?(?:less than|under|within|below) (?:\d+|an?|one|half a) ?(?:second|minute|hour|ms|kb|mb|s\b)s?(?: please)?[.!]?$"),
    (("care about", "care how", "care if", "care whether", "care what"), r"i (?:don'?t|do not) care (?:about|how|if|whether|what)\b"),
    (("t change", "t upgrade", "t update", "t switch", "t move", "cannot "),
     r"[^;?]{4,60}, (?:we |i )?(?:can'?t|cannot) (?:change|upgrade|update|switch|move)(?: (?:that|it|this|them))?[.!]*$"),
    ((" on ",), r"our [\w-]+(?: [\w-]+)? (?:is|are|runs?) (?:still )?on (?:[\w.]+ )?v?\d[\w.]*[.!]?$"),
    # A quality, and a technique.
    (("first", "strict", "pedantic", "pure ", "plain ", "vanilla ", "idiomatic ", "portable ", "ansi "),
     rf"(?:mobile|desktop|accessibility|a11y|offline|contract|keyboard|privacy|performance|correctness|safety)[- ]first{_END}|"
     rf"{_TECH},? (?:strict(?: mode)?|pedantic){_END}|strict (?:mode|typescript|types|typing|mypy|null checks){_END}|(?:pure|plain|vanilla|idiomatic|portable|ansi) {_TECH}{_END}"),
    (("compliant", "compatible", "conformant", "agnostic", "idempotent", "safe", "reentrant", "deterministic", "reproducible"),
     rf"(?:{_TOLD}[\w.+]+[ -]){{1,4}}(?:compliant|compatible|conformant|agnostic|thread-?safe|type-?safe){_END}|"
     rf"(?:everything|all \w+) (?:idempotent|reentrant|deterministic|reproducible|thread-?safe|type-?safe){_END}"),
    (("google", "airbnb", "numpy", "pep", "prettier", "allman", "k&r", "bem ", "rest", "semver", "kernel", "sphinx"),
     rf"(?:{_TOLD}[\w-]+ ){{0,2}}(?:google|airbnb|numpy|pep ?8|prettier|allman|k&r|bem|rest(?:ful)?|semver|(?:linux )?kernel|sphinx)[- ](?:style(?: ?guide)?|docstrings|naming|formatting|conventions?|versioning){_END}|pep ?8{_END}"),
    (("css ", "composition api", "script setup", "flexbox", "early returns", "guard clauses", "components", "async/await", "f-strings", "ctes",
      "export", "import", "function", "queries", "statements", "everything", "anything new", "all new"),
     rf"(?<![,:;(] )(?:css (?:vars|variables)|composition api|script setup|flexbox|early returns|guard clauses|(?:function(?:al)?|server|class) components|async/await|f-strings|ctes|"
     r"(?:named|default|absolute|relative|arrow|typed|pure|parameteri[sz]ed|prepared|immutable) (?:exports|imports|functions|queries|statements))"
     r"(?: please| only| everywhere| throughout|,? (?:not|no|instead of) [^,.;]{2,30})?(?=[.,!;]|$)|"
     rf"(?!thanks|thx|sorry|good|great|works?\b|fix|same\b|not\b|ok\b)[\w.+#-]+ for (?:everything(?: new)?|anything new|all new \w+){_END}"),
    # How a thing is that is named before it.
    (("tone", "language", "voice", "audience", "naming", "indent", "spelling", "licen", "encoding", "commit message", "branch name", "stack", "line width", "line length", "target", "quotes", "log level"),
     r"(?:the )?(?:tone|(?:ui |output )?language|voice|audience|naming|indent(?:ation)?|spelling|licen[cs]e|encoding|commit messages?|branch names?|(?:tech )?stack|line (?:width|length)|target (?:platform|browsers?)|quotes|log level)"
     r"(?:: ?\w| is (?!wrong|off\b|broken|bad\b|not\b|inconsistent|missing|weird|too\b|still\b|what|the (?:problem|issue)|in the\b|good|fine|ok\b|great|nice|better|perfect|now\b|a (?:mess|bit)))"),
    ((" named ", " formatted ", " prefixed ", " suffixed ", " pinned ", " grouped ", " indented ", " spelled ", " fixed at ", " written in "),
     r"(?!the\b|some\b|two\b|three\b|\d|these\b|those\b)(?:[\w-]+ )?[\w-]+s (?:named|formatted|prefixed|suffixed|pinned|grouped|indented|spelled|fixed at|written in) (?:like\b|as\b|in\b|with\b|by\b|to\b|after\b|at\b|\d|\w+[.!]?$)"),
    (("design ", "layout ", "copy ", "wording ", "spec ", "contract ", "schema ", "scope "),
     r"(?:the )?(?:ui |api )?(?:design|layout|copy|wording|spec|contract|schema|scope) (?:is|are) (?:already |all )?(?:approved|final|signed off|agreed(?: on)?|frozen|locked|set in stone)\b"),
    # No other.
    (("only ", "just "),
     r"only (?!the\b|an?\b|one\b|two\b|\d|that\b|this\b)(?:[\w.+#-]+ (?:or |and )?){1,3}(?:licensed|ones|packages|librar(?:y|ies)|libs|deps|dependencies|runners|exports|imports|drafts|prs|syntax)(?=[.,!;]|$)|"
     r"(?:just|only) (?:analysis|research|planning|a plan|hints|a review|discussion|ideas|an? (?:answer|explanation|analysis))(?=[.,!;]|$)"),
    (("nothing ",), r"nothing (?:with|using|involving|that) (?!i\b|we\b|you\b|that\b|the\b|it\b|this\b|came|happened|changed|was\b|is\b|works?\b|name\b)\w"),
    ((", always", ", without exception", ", every time", ", no exceptions"),
     r"(?!it\b|this\b|that\b|the\b|he\b|she\b|they\b|i\b|we\b|my\b|same\b|(?:[\w-]+ ){1,6}(?:fail|crash|break|hang|error|timeout|die|freez|happen|show)\w*)[^,.;?]{3,60}, (?:always|without exception|every time|no exceptions)[.!]*$"),
    # Against another one.
    ((", not ",),
     r"we (?:say|call|write) [^.;?]{1,40}, not (?!yet|sure)\w|"
     r"[\w-]+s (?:come|go|live|belong)(?: (?:from|in|into|to|under))? [^,.;]{2,30}, not (?!yet|sure)\w|(?:please |and |but |then )*(?:save|store|export|write|log|name|return|draw|format|print|count|sort|render|serve|pass|load|throw|raise|show|send) (?!the\b|this\b|that\b|it\b|an?\b|my\b|your\b|them\b|me\b|only\b)"
     r"(?:[\w-]+ )?[\w-]+s (?:as|in|to|with|by|via|through|from|into) [^,.;]{2,30}, not (?!yet|sure)[\w`]|"
     r"(?!the\b|it\b|this\b|that\b|there\b|he\b|she\b|what\b|my\b|which\b|who\b|\w+ (?:is|are) (?:the|our) (?:\w+ )?(?:problem|issue|bug|cause|culprit|reason|one|thing|wrong)\b)[\w.-]+ is (?:the|our) [\w -]{2,30}, not (?!yet|sure)[\w.`-]+"),
    # What is said once more.
    (("again:", "more:", "i said"),
     r"(?:again|once more|as i said|like i said): ?(?!i\b|it\b|the same|why|what|how|please (?:run|try)|run\b|try\b|error|\w+(?:error|exception))(?!.*\b(?:is|are|was|fails?|failed|doesn't|does|gets?|shows?)\b)\w|"
     r"(?:like |as )?i said,? (?:to )?(?:keep (?:it|things) )?(?:simple|short|small|minimal|no\b|not\b|never|only|without|don'?t)"),
    # Whose it is, and how it is told.
    (("i decide", "i approve", "i choose"), r"i (?:decide|approve|choose) (?:on )?(?:what|which|when|who|if|how|every|all)\b"),
    (("source", "work", "reasoning", "assumptions", "references"),
     r"(?:please )?(?:always )?(?:cite|show|state|justify|list|give|name|quote|link)(?: me)? (?:your |all )(?:sources?|work|reasoning|assumptions|references)\b"),
    (("like i", "like to "), r"(?:please )?(?:explain|write|talk|describe)\b[^.;?]{0,40} like (?:i'?m|i am|i were|to) (?:an?|the|five|5|\d+|new|stupid)\b"),
    (("careful", "cautious", "gentle", "be nice", "be polite", "be kind"),
     r"(?:so |and |but )?(?:please )?be (?:very |extra |really |a bit )?(?:careful|cautious|gentle)(?: please)?[.!]*$|(?:please )?be (?:nice|gentle|polite|kind) (?:to|with) \w"),
    (("as far as", "where ", "wherever "),
     r"[^,.;?]{3,50} (?:as far as (?:it )?(?:makes sense|is (?:sensible|reasonable))|where(?:ver)? (?:it )?(?:makes sense|is sensible))(?=[.,!;]|$)"),
    (("write ", "spell ", "capitali", "hyphenate ", "abbreviate "),
     r"we (?:always )?(?:write|spell|capitali[sz]e|hyphenate|abbreviate) (?!the\b|it\b|to\b|an?\b|this\b|that\b|them\b|about\b)[^.;?]{2,60}"),
)  # fmt: skip
