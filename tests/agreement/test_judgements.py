"""Whether a quote has the themes a person gave its words: a made chat, counted by hand."""

import numpy as np
import pytest
from agreement.coded_chats import ABSTAINED, FAILED, LEFT_OUT, Decision, coded

from secondcoder.agreement.confidence import weigh_confidence
from secondcoder.agreement.judgements import Judged, judge
from secondcoder.agreement.shared_posts import share_posts
from secondcoder.schema.agreement import Selection
from secondcoder.schema.calibration import AbstentionThreshold, Target
from secondcoder.schema.codings import Codings, Quoted
from secondcoder.schema.statistics import IntervalOptions, Undefined

FAST = IntervalOptions(n_replicates=20)


def sure(codings: Codings, *confidences: float | None) -> Codings:
    """Return the codings with these confidences, one per quote, in order."""
    given = iter(confidences)
    posts = []
    for post in codings.posts:
        outcome = post.outcome
        if isinstance(outcome, Quoted):
            quotes = tuple(
                one.model_copy(update={"confidence": next(given)}) for one in outcome.codings
            )
            outcome = Quoted(codings=quotes)
        posts.append(post.model_copy(update={"outcome": outcome}))
    assert next(given, "end") == "end"
    return codings.model_copy(update={"posts": tuple(posts)})


def judged(model: Codings, *people: Codings) -> Judged:
    """Return what people say of a model's codings."""
    return judge(model, share_posts([model, *people], Selection()))


@pytest.mark.parametrize(
    ("model", "person", "right"),
    [
        ("tea", "tea", True),
        ("tea", "tea trust", True),  # all that was given is right, though not all was given
        ("tea trust", "tea", False),
        ("tea", LEFT_OUT, False),
        ("", "", True),  # both see another idea
        ("", "tea", False),
        ("tea", "", False),
        ([(0, 8, "tea")], [(0, 8, "tea"), (9, 17, "time")], True),
        ([(0, 8, "time")], [(0, 8, "tea"), (9, 17, "time")], False),  # the words next to it
        ([(0, 8, "tea")], [(0, 26, "tea")], True),  # all of the shorter one is shared
        ([(0, 8, "tea")], [(4, 26, "tea")], True),  # four of eight characters are half
        ([(0, 8, "tea")], [(5, 26, "tea")], False),  # three are not
        ([(0, 26, "tea time")], [(0, 8, "tea"), (9, 17, "time")], True),
    ],
)
def test_a_quote_is_right_where_a_person_gave_its_words_every_theme_it_has(
    model: Decision, person: Decision, *, right: bool
) -> None:
    """One post, one quote of the model."""
    found = judged(sure(coded("m", [model]), 0.7), coded("ann", [person]))
    (one,) = found.judgements
    assert (one.post_id, one.confidence, one.is_right) == ("p0", 0.7, right)


def test_posts_are_counted_by_what_became_of_them() -> None:
    """Left to people and failed are not kept; left out are outside, and who quoted them is told."""
    model = coded("m", ["tea", "", ABSTAINED, FAILED, LEFT_OUT, LEFT_OUT, "tea", None])
    ann = coded("ann", ["tea", "", "tea", "tea", "tea", LEFT_OUT, None, "tea"])
    found = judged(sure(model, 0.9, None, 0.5), ann)
    assert [one.post_id for one in found.judgements] == ["p0"]
    assert found.post_ids == ("p0", "p1")
    assert found.kept.n_all == 4
    assert found.kept.confidence[0] == 0.9
    assert np.isnan(found.kept.confidence[1])
    assert (found.n_left_out, found.n_left_out_quoted) == (2, 1)


def test_a_post_is_as_sure_as_its_least_sure_quote() -> None:
    """Of those that have a confidence."""
    model = coded("m", [[(0, 8, "tea"), (9, 17, "time"), (18, 26, "")]])
    found = judged(sure(model, 0.9, 0.4, None), coded("ann", ["tea"]))
    assert found.kept.confidence.tolist() == [0.4]
    assert len(found.judgements) == 2


def test_each_person_judges_each_quote() -> None:
    """Two people, two judgements, one post."""
    found = judged(sure(coded("m", ["tea"]), 0.5), coded("ann", ["tea"]), coded("ben", ["time"]))
    assert [one.is_right for one in found.judgements] == [True, False]
    assert found.kept.posts.tolist() == [0, 0]
    assert found.kept.people == (frozenset({"tea"}), frozenset({"time"}))


def many(n: int) -> Judged:
    """Return judgements on as many posts: right where confidence is 0.9, wrong where it is 0.2."""
    model = sure(coded("m", ["tea", "time"] * (n // 2)), *[0.9, 0.2] * (n // 2))
    return judged(model, coded("ann", ["tea", "tea"] * (n // 2)))


def test_the_figures_of_a_confidence_hang_together() -> None:
    """Half is right, and the curve, the coverage and the threshold tell which half."""
    found = weigh_confidence(many(80), FAST, method="platt", target=Target(name="exact", value=1))
    assert (found.n_judgements, found.n_right) == (80, 40)
    assert not isinstance(found.curve, Undefined)
    assert found.curve.chance(0.9) > 0.9
    assert not isinstance(found.calibrated, Undefined)
    assert found.calibrated.brier.value is not None
    assert found.as_given.brier.value == pytest.approx((0.01 + 0.04) / 2)
    assert found.calibrated.brier.value < 0.01
    assert isinstance(found.threshold, AbstentionThreshold)
    assert (found.threshold.abstain_below, found.threshold.coverage) == (0.9, 0.5)
    assert found.threshold.held_out.value == 1.0
    assert found.threshold.held_out_coverage == 0.5


def test_a_small_sample_has_no_curve_and_no_threshold_but_its_coverage() -> None:
    """With the reasons; without a target none is looked for."""
    found = weigh_confidence(many(12), FAST, method="auto", target=Target(value=0.8))
    assert isinstance(found.curve, Undefined)
    assert isinstance(found.calibrated, Undefined)
    assert isinstance(found.threshold, Undefined)
    assert len(found.coverage) == 2
    assert weigh_confidence(many(12), FAST, method="auto", target=None).threshold is None
