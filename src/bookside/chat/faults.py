"""What a reader is told when an answer fails: what failed and whether to try again, and none of its own words."""

import json
import logging
from traceback import walk_tb

import openai
from agents import AgentsException
from chatkit.errors import CustomStreamError

from bookside.errors import BooksideError, Unavailable

log = logging.getLogger(__name__)


def told(error: Exception) -> CustomStreamError | None:
    """The error event for ``error``, of which the log has the rest; ``None`` for a mistake of our own."""
    cause = _cause(error)
    match cause:
        case TimeoutError():
            return CustomStreamError("The answer took too long. Please try again.", allow_retry=True)
        case Unavailable():
            log.warning("answer failed: %s", cause)
            return CustomStreamError(f"The {cause.part} does not answer. Please try again.", allow_retry=True)
        case BooksideError():
            return CustomStreamError(str(cause), allow_retry=False)
        case json.JSONDecodeError() | UnicodeDecodeError() if not _is_of_the_stream(cause):
            return None
        case openai.OpenAIError() | json.JSONDecodeError() | UnicodeDecodeError():
            fault = model_fault(cause)
            log.warning("answer failed: the model: %s", fault)
            return CustomStreamError(f"The language model {fault}. Please try again.", allow_retry=True)
        case AgentsException():
            log.warning("answer failed: %s", type(error).__name__, exc_info=error)
            return CustomStreamError("The language model did not come to an answer.", allow_retry=True)
        case _:
            return None


def _is_of_the_stream(error: BaseException) -> bool:
    """Whether OpenAI's client raised it, on a stream of something else than its events."""
    return any(frame.f_globals.get("__name__", "").startswith("openai.") for frame, _ in walk_tb(error.__traceback__))


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
