"""Rules that say how a thing is held, without an order: what matters, what is never done to it, at what a setting stays.

They stand in the patterns of `rules_words`, in lower case with straight apostrophes.
"""

from typing import Final

# What nothing that is told of the work begins with.
_NOT_ONE: Final = r"(?!it\b|its\b|this|that|these|those|they|there|he\b|she\b|i\b|we\b|you\b|the\b|my\b|what|which|nothing|none|no\b|only|all\b|some\b|why|how|if\b)"
# Done to a thing that is to stay itself: that it never is so is no complaint, as "is never sent" may be.
_HARMS: Final = r"(?:reused|re-?used|recycled|renumbered|reassigned|overwritten|mutated|rewritten|edited by hand|altered|exposed|leaked|hard-?coded|swallowed|silenced)"
_SECRETS: Final = r"(?:passwords|secrets|tokens|keys|credentials|cookies|card numbers|pii)"
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
)  # fmt: skip
# Wherever it stands, likewise.
ANYWHERE: Final = (
    (("requirement", "obligation", "constraint", "limit"),
     r"\b(?:that'?s|it'?s|this is) (?:an?|our|the) (?:security|legal|compliance|hard|strict|customer|client|company|fixed|firm|contractual|privacy|audit|regulatory) (?:requirement|obligation|constraint|limit)\b"),
)  # fmt: skip
# In other languages: what is kept, and of what there is to be nothing.
PARTS: Final = (
    (("on garde ", "on reste ", "on conserve "),
     r"^on (?:garde|conserve|reste (?:sur|en|à|avec|chez)) (?!ça\b|cela\b|comme ça|le même problème|la même erreur|bloqué)\w"),
)  # fmt: skip
