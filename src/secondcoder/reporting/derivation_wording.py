"""How the themes of a report came about, in words: what proposed them, and who changed them."""

from collections.abc import Iterator

from secondcoder.reporting.charts import apart
from secondcoder.reporting.wording import count, day, is_or_are, number, other_language
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.derivation import Derivation, derivation
from secondcoder.schema.edits import CodebookEdit
from secondcoder.schema.proposed import Proposed
from secondcoder.schema.refined import Refined, ScoreChange
from secondcoder.schema.runs import CoderKind, PromptUsed, Usage

PROPOSED = "Themes proposed by"
POSTS = "Posts read for themes"
SATURATION = "Saturation"
DERIVATION = "Derivation of themes"
PROMPTS = "Prompts of the proposal"
COST = "Cost of the proposal"
REFINED = "Sharper wording"


def derivation_facts(book: Codebook) -> Iterator[tuple[str, str]]:
    """Yield what a codebook's record tells of where its themes come from; nothing without one."""
    proposals = [(edit, edit.proposed) for edit in book.edits if edit.proposed is not None]
    if proposals:
        yield PROPOSED, " ".join(_who(edit, how) for edit, how in proposals)
        yield POSTS, " ".join(_posts(how) for _, how in proposals)
        yield SATURATION, " ".join(_saturation(how) for _, how in proposals)
        prompts = dict.fromkeys(used for _, how in proposals for used in how.prompts)
        if prompts:
            yield PROMPTS, "; ".join(map(prompt_words, prompts))
        paid = [how.usage for _, how in proposals if how.coder.kind is CoderKind.MODEL]
        if paid:
            yield COST, "; ".join(map(cost_words, paid))
    found = derivation(book)
    if found is not None:
        yield DERIVATION, _derived(found)
    refined = [(edit, edit.refined) for edit in book.edits if edit.refined is not None]
    if refined:
        yield REFINED, " ".join(_refined(edit, how) for edit, how in refined)


def proposed_by_model(book: Codebook) -> str:
    """Return the sentence that a language model proposed themes, to stand behind another."""
    models = (
        edit.proposed is not None and edit.proposed.coder.kind is CoderKind.MODEL
        for edit in book.edits
    )
    return f" A language model proposed themes: see “{PROPOSED}”." if any(models) else ""


def model_addresses(book: Codebook) -> Iterator[str | None]:
    """Yield where words were sent to for the themes; None where that is not recorded."""
    for edit in book.edits:
        if edit.proposed is not None and edit.proposed.coder.kind is CoderKind.MODEL:
            yield edit.proposed.endpoint
        if edit.refined is not None and edit.refined.prompts:
            yield edit.refined.endpoint


def prompt_words(used: PromptUsed) -> str:
    """Return a prompt's name and hash."""
    return f"{used.name}, SHA-256 {used.sha256}"


def cost_words(usage: Usage) -> str:
    """Return what was asked of a model, and what that cost."""
    money = "not known" if usage.cost_usd is None else f"{usage.cost_usd:.2f} US dollars"
    known = f", {count(usage.n_reused, 'answer')} known before" if usage.n_reused else ""
    return (
        f"{count(usage.n_requests, 'request')}{known}, {usage.prompt_tokens:,} tokens sent and "
        f"{usage.completion_tokens:,} received; cost {money}"
    )


def edit_words(edit: CodebookEdit) -> str:
    """Return one recorded step, with its reason and who decided."""
    by = f", by {apart(edit.made_by)}" if edit.made_by else ""
    return f"version {edit.version}: {edit.words} ({apart(edit.reason)}{by})"


def themes_words(found: Derivation) -> str:
    """Return how many themes come from where."""
    parts = (
        (found.as_proposed, "as a program proposed them"),
        (found.changed, "proposed by a program and changed since"),
        (found.not_proposed, "not from a proposal"),
    )
    return "; ".join(f"{number(len(ids))} {words}" for ids, words in parts if ids)


def _who(edit: CodebookEdit, how: Proposed) -> str:
    who = f"A program without a language model, {how.coder.id},"
    if how.coder.kind is CoderKind.MODEL:
        settings = ", ".join(
            f"{name} = {value}"
            for name, value in sorted(how.parameters.items())
            if name in {"mode", "temperature"}
        )
        behind = f" behind {how.endpoint}" if how.endpoint else ""
        who = f"A language model, {how.coder.id}{behind}{f' ({settings})' if settings else ''},"
    when = f" on {day(edit.made_at)}" if edit.made_at is not None else ""
    grain = (
        f"about {count(how.grain, 'theme')} per question wanted"
        if isinstance(how.grain, int)
        else f"{how.grain} grain"
    )
    failed = (
        f" {count(how.n_failed, 'request')} failed, and what was asked about is in no theme."
        if how.n_failed
        else ""
    )
    return (
        f"{who} proposed {count(len(edit.after), 'theme')}{when} ({grain}), {_start(how)}: "
        f"codebook version {edit.version}, secondcoder {how.secondcoder_version}.{failed}"
    )


def _start(how: Proposed) -> str:
    """Return what a proposal began with."""
    mark = f" (SHA-256 {how.start_sha256})" if how.start_sha256 else ""
    match how.start:
        case "nothing":
            return "starting from no themes"
        case "codebook":
            return f"for what the themes of a codebook{mark} did not cover"
        case "coded":
            return f"for what the themes of a codebook{mark} did not cover; {read_as_coded(how)}"


def read_as_coded(how: Proposed) -> str:
    """Return how many posts were read as somebody had coded them, and who read the others."""
    who = "people"
    if how.coded_by is not None and how.coded_by.kind is not CoderKind.PERSON:
        who = f"{how.coded_by.id}, which is no person,"
    return (
        f"{count(how.n_coded, 'post')} {is_or_are(how.n_coded)} read as {who} coded "
        f"{'it' if how.n_coded == 1 else 'them'}{_rest(how)}"
    )


def _rest(how: Proposed) -> str:
    """Return who said what the codebook covers of the posts that people had not coded."""
    n_rest = how.n_read - how.n_coded
    if n_rest <= 0:
        return ""
    verb = "was" if n_rest == 1 else "were"
    return f", and {number(n_rest)} that nobody had coded {verb} read by {how.coder.id}"


def _posts(how: Proposed) -> str:
    of = f" of “{apart(how.chat)}”" if how.chat else ""
    aside = f" ({other_language(how.n_other_language)})" if how.n_other_language else ""
    if not how.is_sample:
        return (
            f"{'' if aside else 'All '}{count(how.n_posts, 'post')} with answers{of}{aside}. "
            f"Saturation counts them in an order shuffled with seed {how.seed}."
        )
    parts = "; ".join(
        f"{_question(part.question_id)}: {number(part.n_read)} of {number(part.n_posts)}"
        for part in how.questions
    )
    return (
        f"{number(how.n_read)} of {count(how.n_posts, 'post')} with answers{of}{aside}, drawn by "
        f"chance from each question in proportion ({parts}) with seed {how.seed}; SHA-256 of their "
        f"ids {how.posts_sha256}. Saturation counts them in an order shuffled with the same seed."
    )


def _saturation(how: Proposed) -> str:
    parts = []
    for part in how.questions:
        name = _question(part.question_id)
        if not part.n_themes:
            parts.append(f"{name}: no new theme in {count(part.n_read, 'post')} read")
            continue
        late = " (the last one: more posts may hold more themes)"
        parts.append(
            f"{name}: the last of {count(part.n_themes, 'new theme')} was met in post "
            f"{number(part.last_new)} of {number(part.n_read)} read"
            f"{late if part.last_new == part.n_read else ''}"
        )
    return f"{'; '.join(parts)}."


def _question(question_id: str | None) -> str:
    return question_id or "no question"


def _derived(found: Derivation) -> str:
    parts = (
        ("As they were proposed", found.as_proposed),
        ("Proposed, and changed by people since", found.changed),
        (
            "Not from a proposal (people's, or of the codebook that was extended)",
            found.not_proposed,
        ),
        ("Proposed, and no longer there", found.gone),
    )
    return " ".join(
        f"{words} ({number(len(ids))}): {', '.join(ids)}." for words, ids in parts if ids
    )


def _refined(edit: CodebookEdit, how: Refined) -> str:
    by = apart(edit.made_by or "a person who is not named")
    scores = "; ".join(map(_score, how.scores))
    return (
        f"Version {edit.version}: {how.coder} suggested {count(how.n_suggested, 'line')} from "
        f"{count(how.n_learnt, 'post')} on which {how.people} and {how.coder_before} were "
        f"compared; {by} accepted {number(len(how.accepted))}. On "
        f"{count(how.n_held_back, 'post')} held back (seed {how.seed}): {scores or 'no score'}."
    )


def _score(score: ScoreChange) -> str:
    before, after = (
        "undefined" if value is None else f"{value:.3f}" for value in (score.before, score.after)
    )
    spread = (
        f" (difference {score.low:.3f} to {score.high:.3f})"
        if score.low is not None and score.high is not None
        else ""
    )
    return f"{score.name} {before} before, {after} after{spread}"
