"""Every exported model is frozen, refuses unknown fields and keeps to its exported schema."""

from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from pydantic import BaseModel, ValidationError

import secondcoder
from secondcoder.errors import InputError
from secondcoder.schema.agreement import Agreement, Counting
from secondcoder.schema.answers import Answer
from secondcoder.schema.batches import BatchReport
from secondcoder.schema.beside_people import BesidePeople
from secondcoder.schema.calibration import Calibration
from secondcoder.schema.chat import (
    Attribution,
    AttributionRule,
    Chat,
    ChatCounts,
    ChatInfo,
    Post,
    Question,
    WindowCount,
)
from secondcoder.schema.chats_over_time import ChatOfSeries, ChatsOverTime
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import (
    Abstention,
    Coding,
    Codings,
    CodingsInfo,
    Failure,
    LeftOut,
    LeftOutReason,
    PostCodings,
    Quoted,
)
from secondcoder.schema.differences import Difference
from secondcoder.schema.estimates import Estimate, StepEstimate, WorkEstimate
from secondcoder.schema.evaluation import (
    EvaluationResult,
    EvaluationTask,
    Score,
    ScoreGroup,
    Skipped,
    Tallies,
    TaskKind,
)
from secondcoder.schema.export import MODELS, json_schema
from secondcoder.schema.model_beside_people import DelegationRule
from secondcoder.schema.proposals import Proposal, ReadSample
from secondcoder.schema.quotes import Quote, Segment, Span
from secondcoder.schema.readings import Note, ReportReading, SheetReading
from secondcoder.schema.refinements import Refinement, Suggestion
from secondcoder.schema.runs import Coder, CoderKind, Run, Usage
from secondcoder.schema.sampling import Sample, SampledPost, Stratum
from secondcoder.schema.shards import ShardManifest
from secondcoder.schema.statistics import Interval, IntervalOptions, Statistic, Undefined
from secondcoder.schema.summaries import summarise
from secondcoder.schema.surveys import QuestionsSummary, QuestionSummary

NOON = datetime(2024, 5, 14, 12, tzinfo=UTC)
POST = Post(id="1", text="More tea \U0001f375", author="ana", created_at=NOON)
SPAN = Span(start=0, end=8)
QUOTE = Quote.cut(POST, [SPAN])
CODING = Coding(quote=QUOTE, question_id="Q1", theme_ids=("T1",), confidence=0.9)
QUESTION = Question(id="Q1", text="What helps?", asked_at=NOON)
THEME = Theme(id="T1", name="Tea", questions=("Q1",), examples=("a cup",), number=1)
BOOK = Codebook(questions=(QUESTION,), themes=(THEME,))
COUNTS = ChatCounts(
    n_posts=1,
    n_reposts=0,
    n_duplicates=0,
    n_participants=1,
    n_without_time=0,
    windows=(WindowCount(hours=1, n_posts=1, n_reposts=0, n_participants=1),),
)
CHAT_INFO = ChatInfo(questions=(QUESTION,), counts=COUNTS, starts_at=NOON)
RUN = Run(id="r", coder=Coder(id="ana", kind=CoderKind.PERSON), parameters={"n": 1})
ATTRIBUTION = Attribution(question_ids=("Q1",), rule=AttributionRule.LABEL, evidence="A1")
QUOTED = Quoted(codings=(CODING,))
CODED = PostCodings(post=POST, attribution=ATTRIBUTION, outcome=QUOTED)
INFO = CodingsInfo(chat=CHAT_INFO, codebook=BOOK, run=RUN)
CODINGS = Codings(info=INFO, posts=(CODED,))
MODEL_RUN = RUN.model_copy(update={"coder": Coder(id="model", kind=CoderKind.MODEL)})
BY_MODEL = CODINGS.model_copy(update={"info": INFO.model_copy(update={"run": MODEL_RUN})})
AGREEMENT = Agreement.model_validate(
    secondcoder.agree(CODINGS, BY_MODEL, reference="ana", interval=None).model_dump()
)
BESIDE = BesidePeople.model_validate(secondcoder.delegate(BY_MODEL, CODINGS).model_dump())
CALIBRATION = Calibration.model_validate(secondcoder.calibrate(BY_MODEL, CODINGS).model_dump())
DRAWN = SampledPost(post_id="1", stratum="all", probability=0.5, text_sha256="0")
TASK = EvaluationTask(name="tea", kind=TaskKind.CHAT, chat=Path("chat.csv"))
SCORE = Score(
    coder="model",
    condition="as it is",
    against="reference",
    group=ScoreGroup.THEMES,
    name="theme_hit",
    result=Statistic(name="theme_hit", value=1, n_units=1),
)
TALLIES = Tallies(
    coder="model",
    condition="as it is",
    against="reference",
    columns=("posts",),
    rows={"1": (1.0,)},
    choices={"1": (((0,), None),)},
)
RESULT = EvaluationResult(
    task=TASK,
    task_sha256="0",
    files={"chat": "1"},
    secondcoder_version="0",
    python_version="3.11",
    command="secondcoder eval tea.yaml",
    started_at=NOON,
    finished_at=NOON,
    interval=IntervalOptions(),
    runs=(),
    scores=(SCORE,),
    tallies=(TALLIES,),
)
SAMPLE = Sample(
    title="Tea",
    secondcoder_version="0",
    seed=1,
    n_asked=1,
    n_posts=2,
    n_codable=2,
    chat_sha256="0",
    strata=(Stratum(name="all", n_posts=2, n_drawn=1),),
    posts=(DRAWN,),
    coders=("A", "B"),
)
ESTIMATE = Estimate(
    title="Tea",
    coder="m",
    n_posts=1,
    n_posts_to_ask=1,
    n_reused=0,
    n_settled=0,
    n_requests=1,
    prompt_tokens=9,
    completion_tokens=9,
    tokenizer="t",
    cost_usd=None,
    price_source=None,
    price_as_of=None,
)
WORK = WorkEstimate(
    coder="m",
    steps=(
        StepEstimate(
            step="reading",
            n_requests=1,
            prompt_tokens=9,
            completion_tokens=9,
            cost_usd=None,
            n_reused=0,
        ),
    ),
    n_requests=1,
    prompt_tokens=9,
    completion_tokens=9,
    cost_usd=None,
    tokenizer="t",
    price_source=None,
    price_as_of=None,
)
CHAT_OF_SERIES = ChatOfSeries(
    number=1,
    title="Tea",
    label="1. Tea",
    begins_at=None,
    n_posts=1,
    n_authors=1,
    n_quoted=1,
    n_left_out=0,
    n_abstained=0,
    n_failed=0,
    n_not_coded=0,
    coder=RUN.coder,
    prompt_version=None,
    prompt_sha256=None,
    codebook_version="1",
    codebook_sha256="2" * 64,
)
OVER_TIME = ChatsOverTime(
    title="Two teas",
    is_by_date=False,
    order_of_themes="authors",
    codebook_version="1",
    chats=(CHAT_OF_SERIES, CHAT_OF_SERIES),
    questions=(),
    cautions=(),
    notes=(),
)
SURVEYED = QuestionsSummary(
    title="Tea",
    moderators=("mod",),
    counts=COUNTS,
    questions=(QuestionSummary(question=QUESTION, n_posts=1, by_rule={"label": 1}),),
)
DIFFERENCE = Difference.model_validate(secondcoder.diff(CODINGS, CODINGS).model_dump())
CHECK = secondcoder.check_codebook(BOOK, codings=CODINGS)
CHANGED = secondcoder.diff_codebook(BOOK, BOOK.changed(title="Other"))
PROPOSED = Proposal(
    codebook=BOOK,
    run=RUN,
    grain="few",
    sample=ReadSample(seed=0, n_posts=1, n_read=1),
    themes=(),
    residue=(),
    saturation=(),
)
SUGGESTED = Suggestion(theme_id="T1", field="examples", after="More tea", reason="r")
REFINED = Refinement(
    coder="embedded",
    coder_before="model",
    people="ana",
    seed=0,
    n_learnt=1,
    n_disagreed=1,
    n_held_back=1,
    suggestions=(SUGGESTED,),
    accepted=(1,),
    scored="accepted",
    scores=(),
    codebook=BOOK,
)
MANIFEST = ShardManifest(
    key="0" * 64,
    posts_sha256="1" * 64,
    codings_sha256="2" * 64,
    codebook_sha256="3" * 64,
    coder="m",
    secondcoder_version="0.1.0",
    pyarrow_version="20.0.0",
    n_posts=1,
    n_quotes=1,
    outcomes={"quoted": 1},
    started_at=NOON,
    finished_at=NOON,
)
INSTANCES: tuple[BaseModel, ...] = (
    BatchReport(ledger=Path("ledger.sqlite")),
    MANIFEST,
    CHECK,
    CHANGED,
    PROPOSED,
    REFINED,
    SUGGESTED,
    AGREEMENT,
    AGREEMENT.overall,
    AGREEMENT.overall.sets,
    AGREEMENT.overall.sets.coefficients,
    AGREEMENT.overall.themes[0],
    AGREEMENT.overall.unitizing,
    AGREEMENT.scores[0],
    BESIDE,
    CALIBRATION,
    Counting(abstained="no-theme"),
    DelegationRule(margin=0.2),
    DIFFERENCE,
    ESTIMATE,
    IntervalOptions(seed=1),
    RESULT,
    SAMPLE,
    SheetReading(codings=(CODINGS,), notes=(Note(message="m"),)),
    Skipped(task="tea", reason="chat.csv is not there"),
    summarise(CODINGS),
    SURVEYED,
    TASK,
    Abstention(note="unclear"),
    Answer(
        key="0" * 64,
        post_id="1",
        outcome=QUOTED,
        raw="{}",
        model="m",
        prompt_sha256="1" * 64,
        codebook_sha256="2" * 64,
        answered_at=NOON,
    ),
    ATTRIBUTION,
    Chat(info=CHAT_INFO, posts=(POST,)),
    COUNTS,
    CHAT_INFO,
    OVER_TIME,
    WORK,
    BOOK,
    RUN.coder,
    CODING,
    CODINGS,
    INFO,
    Failure(error="E", detail="d"),
    Interval(low=0, high=1, method="bootstrap"),
    LeftOut(reason=LeftOutReason.REPOST, same_as="0"),
    Note(where=1, message="m"),
    POST,
    CODED,
    QUESTION,
    QUOTE,
    QUOTED,
    ReportReading(codebook=BOOK, codings=CODINGS),
    RUN,
    Segment(number=1, span=SPAN),
    SPAN,
    Statistic(name="alpha", value=0.5, n_units=2),
    THEME,
    Undefined(name="alpha", reason="no units"),
    Usage(),
)
each_instance = pytest.mark.parametrize(
    "instance", INSTANCES, ids=[type(instance).__name__ for instance in INSTANCES]
)


def test_every_exported_model_has_an_instance_here() -> None:
    """A new model needs its line in this file."""
    assert {type(instance).__name__ for instance in INSTANCES} == set(MODELS)


def test_every_public_result_has_a_schema() -> None:
    """What only a caller gives, or a display hears, is never written."""
    never_written = {"BatchLimits", "ChatFile", "EngineOptions", "ModelOptions", "Progress"}
    public = {
        name
        for name in secondcoder.__all__
        if isinstance(found := getattr(secondcoder, name), type) and issubclass(found, BaseModel)
    }
    assert [json_schema(name)["title"] for name in sorted(public - never_written)]
    assert never_written < public
    assert json_schema("AgreementReport")["properties"] == json_schema("Agreement")["properties"]


@each_instance
def test_an_instance_validates_against_its_exported_schema(instance: BaseModel) -> None:
    """What is written is what the schema promises, checked by an independent validator."""
    schema = json_schema(type(instance).__name__)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(instance.model_dump(mode="json"))) == []


@each_instance
def test_an_unknown_field_is_refused_by_model_and_schema(instance: BaseModel) -> None:
    """A misspelt field is never silently dropped."""
    stored = {**instance.model_dump(mode="json"), "extra": 1}
    with pytest.raises(ValidationError):
        type(instance).model_validate(stored)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(stored, json_schema(type(instance).__name__))


@each_instance
def test_an_instance_is_frozen(instance: BaseModel) -> None:
    """What was checked once can't change afterwards."""
    field = next(iter(type(instance).model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(instance, field, None)


@each_instance
def test_an_instance_survives_json(instance: BaseModel) -> None:
    """Written and read again it is equal."""
    assert type(instance).model_validate_json(instance.model_dump_json()) == instance


def test_an_unknown_model_is_an_error_that_lists_the_models() -> None:
    """The remedy is in the message."""
    with pytest.raises(InputError, match=r"no model 'Tweet'; the models are .*Codebook.*Post"):
        json_schema("Tweet")
