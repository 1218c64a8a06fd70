"""The shape of a module, of its scenario and of its reflection, as authors write them.

Everything here is frozen: a published version never changes. Unknown keys are refused, so that
a misspelt key is an error with a line number and not a silence.
"""

from course.content.schema.module import (
    Block,
    BlockKind,
    CompletionRule,
    Condition,
    Explained,
    FacilitatorPart,
    Handout,
    HandoutKind,
    Module,
    Outcome,
    Picture,
    PresenceRule,
    ReflectionRule,
    ScenarioRule,
    Source,
    Step,
)
from course.content.schema.reflection import Benchmark, Criterion, Level, Reflection, Words
from course.content.schema.scenario import (
    CastMember,
    Choice,
    Competency,
    Decision,
    Ending,
    Gate,
    Range,
    Route,
    Scenario,
    Scene,
)
from course.content.schema.shape import Hash, Line, Name, Shape, Slug, Text

__all__ = [
    "Benchmark",
    "Block",
    "BlockKind",
    "CastMember",
    "Choice",
    "Competency",
    "CompletionRule",
    "Condition",
    "Criterion",
    "Decision",
    "Ending",
    "Explained",
    "FacilitatorPart",
    "Gate",
    "Handout",
    "HandoutKind",
    "Hash",
    "Level",
    "Line",
    "Module",
    "Name",
    "Outcome",
    "Picture",
    "PresenceRule",
    "Range",
    "Reflection",
    "ReflectionRule",
    "Route",
    "Scenario",
    "ScenarioRule",
    "Scene",
    "Shape",
    "Slug",
    "Source",
    "Step",
    "Text",
    "Words",
]
