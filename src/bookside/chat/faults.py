"""What a reader is told when an answer fails: what failed and whether to try again, and none of its own words."""

import json
import logging

import openai
from agents import AgentsException
from chatkit.errors import CustomStreamError

from bookside.errors import BooksideError, Unavailable

log = logging.getLogger(__name__)

UNREADABLE = (json.JSONDecodeError, UnicodeDecodeError)
"""What OpenAI's client raises on a stream of something else than its events."""


def told(error: Exception) -> CustomStreamError:
    """The error event for ``error``; the log has the rest."""
    cause = _cause(error)
    match cause:
        case TimeoutError():
            return CustomStreamError("The answer took too long. Please try again.", allow_retry=True)
        case Unavailable():
            log.warning("answer failed: %s", cause)
            return CustomStreamError(f"The {cause.part} does not answer. Please try again.", allow_retry=True)
        case BooksideError():
            return CustomStreamError(str(cause), allow_retry=False)
        case openai.OpenAIError() | json.JSONDecodeError() | UnicodeDecodeError():
            fault = model_fault(cause)
            log.warning("answer failed: the model: %s", fault)
            return CustomStreamError(f"The language model {fault}. Please try again.", allow_retry=True)
        case _:
            log.warning("answer failed: %s", type(error).__name__, exc_info=error)
            return CustomStreamError("The language model did not come to an answer.", allow_retry=True)


def _cause(error: Exception) -> BaseException:
    """The error itself, or the one of ours that the Agents SDK has wrapped."""
    cause: BaseException | None = error
    while isinstance(cause, AgentsException):
        cause = cause.__cause__
    return cause if isinstance(cause, BooksideError | openai.OpenAIError | TimeoutError) else error


def model_fault(error: Exception) -> str:
    """What went wrong with the model, in words that hold no key and none of the provider's text."""
    match error:
        case openai.RateLimitError():
            return "is overloaded (429)"
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return f"refuses this server's key ({error.status_code})"
        case openai.APIStatusError():
            return f"failed ({error.status_code})"
        case openai.APITimeoutError():
            return "did not answer in time"
        case openai.APIConnectionError():
            return "cannot be reached"
        case _:
            return "sent an answer that cannot be read"
