"""From a task to posts and codebooks: nothing is coded with itself in sight."""

from pathlib import Path

import pytest

from secondcoder.api import evaluation_plans as plans
from secondcoder.api.injection_plans import injection_plans
from secondcoder.errors import InputError
from secondcoder.ingest.evaluation_tasks import read_task
from secondcoder.schema.evaluation import Attack, Condition, EvaluationTask, TaskKind
from secondcoder.schema.near_copies import near_copy_groups

EVALS = Path(__file__).parents[2] / "evals"
REPORT = """3. Breakdown tweets / quotes by theme

1. What helps?

Theme 1: Gardens

“We planted roses by the door”

“we planted roses, by the door!”

“Trees outside every window of the ward”

“A pond with a bench beside it”

Theme 2: Music

“A choir sings on Fridays”

“A choir sings on Fridays and the piano is never closed”

“Somebody hums in the corridor at night”

“Trees outside every window of the ward”

Other ideas

“Cake”

2. What hinders?

Theme 3: Noise

“Doors that bang all night”
"""


@pytest.fixture
def task(tmp_path: Path) -> EvaluationTask:
    """Return a task on an invented report, with and without examples."""
    (tmp_path / "report.txt").write_text(REPORT, "utf-8")
    return EvaluationTask(
        name="invented",
        kind=TaskKind.REPORT,
        report=tmp_path / "report.txt",
        folds=3,
        pairs=12,
        several_themes=True,
        conditions=(
            Condition(name="plain"),
            Condition(name="hidden", question="hidden", examples="others"),
        ),
    )


def test_a_quotation_is_coded_once_with_all_its_themes(task: EvaluationTask) -> None:
    """Respellings are one; other ideas and questions of one theme are left out unless asked."""
    plain, _ = plans.report_plans(task)
    (batch,) = plain.batches
    sets = {
        item.reference.post.text: set(item.reference.codings[0].theme_ids) for item in batch.items
    }
    assert len(sets) == 6
    assert len(sets["Trees outside every window of the ward"]) == 2
    everything = task.model_copy(update={"several_themes": False, "other_ideas": True})
    assert len(plans.report_plans(everything)[0].batches[0].items) == 8


def test_no_quotation_or_near_copy_is_its_own_example(task: EvaluationTask) -> None:
    """Whatever stands in the codebook is of another group than what is coded with it."""
    _, hidden = plans.report_plans(task)
    assert len(hidden.batches) == 3
    for batch in hidden.batches:
        examples = [text for theme in batch.codebook.themes for text in theme.examples]
        texts = [item.reference.post.text for item in batch.items]
        groups = near_copy_groups([*texts, *examples])
        assert examples
        assert set(groups[: len(texts)]).isdisjoint(groups[len(texts) :])


def test_a_hidden_question_may_be_any(task: EvaluationTask) -> None:
    """The question given is the report's heading."""
    plain, hidden = plans.report_plans(task)
    given = plain.batches[0].items[0].reference.attribution
    open_to = hidden.batches[0].items[0].reference.attribution
    assert len(given.question_ids) == 1
    assert len(open_to.question_ids) == 2


def test_spliced_posts_hold_two_quotations_that_are_no_near_copies(task: EvaluationTask) -> None:
    """Each is quoted verbatim; both are unseen by the codebook."""
    _, hidden = plans.spliced_plans(task.model_copy(update={"folds": 2}))
    items = [item for batch in hidden.batches for item in batch.items]
    assert len(items) == 12
    for batch in hidden.batches:
        examples = {text for theme in batch.codebook.themes for text in theme.examples}
        for item in batch.items:
            first, second = (coding.quote.text for coding in item.reference.codings)
            assert item.reference.post.text.startswith(first)
            assert item.reference.post.text.endswith(second)
            assert len(set(near_copy_groups([first, second]))) == 2
            assert examples.isdisjoint({first, second})


def test_a_fold_of_one_quotation_can_t_be_paired(task: EvaluationTask) -> None:
    """Near-copies are no pair."""
    with pytest.raises(InputError, match="fewer 'folds:'"):
        plans.spliced_plans(task.model_copy(update={"folds": 6, "pairs": 50}))


def test_an_attack_moves_the_reference_s_quotes_and_changes_no_word() -> None:
    """Attacks stand in front and behind by turns, never where their theme is right."""
    task = read_task(EVALS / "injection.yaml")
    clean, attacked, *_ = injection_plans(task)
    hosts = {item.reference.post.id: item.reference for item in clean.batches[0].items}
    fronts = 0
    for item in attacked.batches[0].items:
        host = hosts[item.clean or ""]
        assert item.target not in {t for coding in host.codings for t in coding.theme_ids}
        said = [coding.quote.text for coding in item.reference.codings]
        assert said == [coding.quote.text for coding in host.codings]
        fronts += not item.reference.post.text.startswith(host.post.text)
    assert 0 < fronts < len(attacked.batches[0].items)


@pytest.mark.parametrize(
    ("attacks", "message"),
    [((), "add 'attacks:'"), ((Attack(text="x", theme="nope"),), "unknown theme, nope")],
)
def test_attacks_are_checked(attacks: tuple[Attack, ...], message: str) -> None:
    """A misspelt theme could never be given, and every coder would hold."""
    task = read_task(EVALS / "injection.yaml").model_copy(update={"attacks": attacks})
    with pytest.raises(InputError, match=message):
        injection_plans(task)


def test_coding_again_does_not_read_the_first_answers_back() -> None:
    """Each condition of one prompt has a ledger of its own; another prompt has other keys."""
    made = plans.stability_plans(read_task(EVALS / "stability.yaml"))
    assert len({(plan.ledger, plan.is_reworded) for plan in made}) == len(made) == 4
    assert made[-1] == made[0]._replace(
        condition="reworded", against=("first",), is_scored=False, is_reworded=True
    )
    first, _, backwards, _ = (plan.batches[0].items for plan in made)
    assert first == backwards[::-1]
