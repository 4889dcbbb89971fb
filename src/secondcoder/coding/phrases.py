"""Words and phrases of posts that hold no answer. All lists are our own, for English.

Each list is narrow on purpose: a sentence is recognised only when, its phrases taken out, nothing
is left but the filler words beside them. Adjectives alone (`Amazing!`) are on no list, since they
answer a question about feelings.
"""

import re

HELLO = re.compile(
    r"\b(?:hi|hiya|hello|hey|howdy|greetings|(?:a )?(?:very )?good (?:evening|afternoon|morning"
    r"|day)"
    r"|(?:evening|afternoon|morning)(?= (?:all|everyone|everybody|folks|team|friends))|welcome"
    r"|good ?night|night all|bye|goodbye|take care|see you (?:all|soon|later|there))\b"
)
"""What opens or closes a chat."""

_HELLO_FILLER_TEXT = (
    "all everyone everybody folks team friends both there again you and to from me us the chat "
    "tonight today a very warm big fellow chatters tweeters tweeps lovely people here now for "
    "joining late sorry i'm"
)
HELLO_FILLER = frozenset(_HELLO_FILLER_TEXT.split())

ABOUT_ME = re.compile(
    r"\b(?:my name is|my name's|i am|i'm|im|here|from|joining|tuning in|first time|first timer"
    r"|looking forward|lurking|checking in|dialling in)\b"
)
"""What an introduction says; capitals and `ABOUT_ME_FILLER` are the rest of it."""

_ABOUT_ME_FILLER_TEXT = (
    "a an the and of in at for from to on my name is name's i i'm im am here joining tuning first "
    "time timer looking forward lurking checking dialling in late sorry new tonight tonight's "
    "today "
    "this evening chat hour with you all everyone be being happy excited delighted pleased great "
    "good nice join joined it its it's nurse doctor gp physio physiotherapist midwife pharmacist "
    "paramedic dietitian therapist psychologist consultant registrar junior senior student trainee "
    "improvement quality qi lead leader manager director coach facilitator fellow advisor adviser "
    "project programme officer analyst researcher patient carer partner clinical "
    "medical hospital ward trust team community mental health care service nhs university "
    "healthcare working work based sunny rainy wet cold warm"
)
ABOUT_ME_FILLER = frozenset(_ABOUT_ME_FILLER_TEXT.split())

LOGISTICS = re.compile(
    r"\b(?:(?:we(?:'re| are|'ll be| will be| start| begin| kick off)?|chat|it|starting|kicking off"
    r"|beginning|starts|begins|live|back|q ?[0-9]{1,2}[a-h]?|(?:next|first|last|final) question)"
    r" ?(?:is |will be |be )?(?:starting|starts|kicking off|beginning|live|coming up)? ?"
    r"in (?:just |about |the next )?(?:a|an|one|two|three|four|five|ten|fifteen|twenty|a few"
    r"|[0-9]{1,2}) ?(?:more )?(?:mins?|minutes?|hours?|seconds?|secs?)"
    r"|(?:just )?(?:one|two|three|four|five|ten|[0-9]{1,2}) ?(?:mins?|minutes) (?:left|to go)"
    r"|(?:don't forget|dont forget|do not forget|remember|please remember|please)"
    r"(?: to)? (?:use|add|include)(?: the| our| your)?(?: chat| event)?"
    r"(?: hashtag| hash tag|$|(?= in (?:your|all|each|every)))"
    r"|(?:the |a |tonight's )?(?:transcript|wakelet|storify|recording|summary)"
    r"(?: of (?:the|tonight's|this) chat)? (?:will be|is|is now)(?: available| posted| shared| up)?"
    r" ?(?:on|at|here|soon|tomorrow|later|available|online|shortly)?"
    r"|(?:q ?[0-9]{1,2}[a-h]?|(?:next|first|last|final) question|question [0-9]{1,2})"
    r" (?:is )?(?:coming up|coming soon|up next|next|on its way|to follow)"
    r"|(?:time for|moving on to|on to|onto|here comes|now for) (?:the |our )?"
    r"(?:q ?[0-9]{1,2}[a-h]?|(?:next|first|last|final) question|question [0-9]{1,2})"
    r"|start (?:your|each) (?:answers?|repl(?:y|ies)|tweets?) with(?: an?)? [aq] ?[0-9n]?"
    r"|(?:that's|that is) (?:all|it)(?: from us)? (?:for tonight|for today|folks)"
    r"|(?:our |the )?next chat (?:is|will be) (?:on|at|in)"
    r"|^(?:coming up|up next|next up)"
    r"|join us (?:again )?(?:next (?:week|month|time)|tomorrow|tonight|at [0-9]{1,2}))\b"
)
"""What keeps a chat running."""

_LOGISTICS_FILLER_TEXT = (
    "the a an and or to at on in for of with your our us we you all everyone everybody folks so "
    "please tonight tonight's today tomorrow now then soon shortly later here chat chats hashtag "
    "tweets tweet answers answer replies reply posts post question questions get ready stay tuned "
    "be back more again can see find them it is will website page blog wakelet same time next week "
    "month monday tuesday wednesday thursday friday saturday sunday pm am gmt bst utc grab cuppa "
    "tea coffee go going right ok okay just about want too"
)
LOGISTICS_FILLER = frozenset(_LOGISTICS_FILLER_TEXT.split())

REACTION = re.compile(
    r"\b(?:(?:many |big |huge )?thanks|thank ?(?:you|u)|thx|ty|ta|cheers"
    r"|(?:i |we |i'd |would |could(?:n't)? |can't |cannot ){0,6}(?:totally |completely |absolutely "
    r"|fully "
    r"|definitely |strongly |so )?agree(?:d| more)?|exactly|absolutely|indeed|definitely|totally"
    r"|yes|yep|yup|yeah|ditto|same here|me too|hear hear|well said|well put|spot on|so true"
    r"|very true|(?:that's |this is |it's )?true|wow|you're welcome|no problem|my pleasure"
    r"|(?:love|like|loving|liking) (?:this|that|it)(?: (?:one|idea|point|tweet|quote|answer))?"
    r"|(?:what a |such a |really |very |an? |some |that's a |that is a ){0,6}(?:great|good"
    r"|excellent|brilliant|fantastic|wonderful|lovely|super|fab|fabulous|amazing|awesome|interesting|valid"
    r"|important|nice|fair) (?:points?|tweets?|ideas?|questions?|chats?|stuff|quotes?|answers?"
    r"|comments?|discussions?|conversations?|one|evening's chat))\b|\+ ?1\b|\b100 ?%"
)
"""Thanks, agreement, applause. Words before them are few: without an end, a post of 10,000 words
`a` would be gone through once for each of them."""

_REACTION_FILLER_TEXT = (
    "so much very really a lot for to all everyone everybody you your this that it me us the and "
    "again here there with as always too tonight today tonight's chat such sharing hosting joining "
    "having helping asking replying reply comment comments tweet tweets point points oh ah haha ha "
    "lol well just both i we my mate friend link team indeed 100 1 on completely"
)
REACTION_FILLER = frozenset(_REACTION_FILLER_TEXT.split())

THANKS = re.compile(r"\b(?:(?:many |big |huge )?thanks|thank ?(?:you|u)|thx|cheers)\b")
"""What a sentence says that may praise the hour, and nothing else, in the words below."""

_THANKS_FILLER_TEXT = (
    "was were is been has have brilliant great fantastic wonderful lovely excellent fab fabulous "
    "amazing awesome super interesting inspiring insightful thoughtful useful lively fun good best "
    "enjoyable hour session evening night discussion conversation chat answers replies ideas "
    "contributions contributing sharing hosts host enjoyed loved learned learnt ever usual who "
    "joined came took taking part coming in of our an everyone's every minute"
)
THANKS_FILLER = REACTION_FILLER | HELLO_FILLER | frozenset(_THANKS_FILLER_TEXT.split())

PRAISED = re.compile(
    r"^(?:some |such |what |really )*(?:great|good|brilliant|fantastic|wonderful|lovely|excellent"
    r"|fab|fabulous|amazing|awesome|super|interesting|inspiring|thoughtful) "
    r"(?:answers|replies|responses)(?: (?:everyone|everybody|all|folks|so far|here|there|already"
    r"|tonight|today|coming in))*\s*(?:[,:\u2013\u2014-]|$)",
    re.IGNORECASE,
)
"""Praise of others' answers, whatever it picks out of them: `Great answers, so much tea!`"""

CLOSING = re.compile(
    r"^(?:(?:do|please|and) )*(?:(?:join us|see you|until next|(?:our|the) next (?:chat|session))\b"
    r"|next (?:week|month|time|year|chat|session)(?:'s (?:chat|topic|theme|session))?"
    r"\s*[:\u2013\u2014-])",
    re.IGNORECASE,
)
"""What is told with thanks at the end: of what the next chat will be, in any words."""

_ENGLISH_TEXT = (
    "the and that it with you our have has not this they but from your what how are be can their "
    "there which who when where why would should could about if because been were these those us "
    "them than then its it's don't i'm we're i've my"
)
ENGLISH = frozenset(_ENGLISH_TEXT.split())
"""Function words that English shares with few other languages written in Latin letters."""
