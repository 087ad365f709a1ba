"""A failed answer is told in words that say what failed; a mistake of our own is told as none of the model's."""

import json
from collections.abc import Callable

import openai
import pytest
from agents import AgentsException, ModelBehaviorError
from openai._streaming import ServerSentEvent

from bookside.chat.faults import told
from bookside.errors import Unavailable


@pytest.mark.parametrize(
    ("fail", "said"),
    [
        (lambda: ServerSentEvent(data="<html>").json(), "The language model sent an answer that cannot be read."),
        (lambda: json.loads("<html>"), None),
        (lambda: b"\xff".decode(), None),
        (lambda: {}["chapter"], None),
    ],
    ids=["a stream of something else", "our JSON", "our text", "our mistake"],
)
def test_only_what_the_models_stream_raised_is_the_models(fail: Callable[[], object], said: str | None) -> None:
    """By where it was raised: the same kind of error in our own code is a bug, which must show as one."""
    with pytest.raises((ValueError, KeyError)) as raised:
        fail()
    error = told(raised.value)

    assert (error and error.message.partition(" Please")[0]) == said


def test_what_the_agents_sdk_has_wrapped_is_told_as_what_it_is() -> None:
    """Its own errors say that there was no answer."""
    wrapped = AgentsException("?")
    wrapped.__cause__ = Unavailable("index", "gone")
    answers = [told(error) for error in (wrapped, ModelBehaviorError("?"), openai.OpenAIError("?"), TimeoutError())]

    assert [answer.message.partition(".")[0] for answer in answers if answer] == [
        "The index does not answer",
        "The language model did not come to an answer",
        "The language model sent an answer that cannot be read",
        "The answer took too long",
    ]
