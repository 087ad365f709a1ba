"""Counts tokens with a real tokenizer, so that budgets are in the unit that models bill and cut by."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from tokenizers import Tokenizer

from bookside.errors import Unavailable

TOKENIZER_FILE = "tokenizers/l2_supercat_tokenizer_config.json"


def wordllama_folder() -> Path:
    """The folder of the installed ``wordllama`` wheel, which carries weights and a tokenizer; its code is not run.

    Raises:
        Unavailable: The wheel is not installed.
    """
    spec = find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise Unavailable("tokenizer", "the package wordllama is not installed; install bookside again")
    return Path(spec.origin).parent


def load_tokenizer() -> Tokenizer:
    """The wheel's tokenizer (32,000 pieces), with neither padding nor truncation. Takes about 50 ms.

    Raises:
        Unavailable: The file is missing.
    """
    file = wordllama_folder() / TOKENIZER_FILE
    if not file.is_file():
        raise Unavailable("tokenizer", f"{file.name} is missing from the package wordllama; install it again")
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


class TokenCounter:
    """Says how long texts are, in tokens. Make one with ``load_token_counter`` and share it; it is thread-safe."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def __call__(self, text: str) -> int:
        """Tokens in ``text``; 0 for an empty one."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def batch(self, texts: Sequence[str]) -> list[int]:
        """Tokens in each of ``texts``, in order; uses every core."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]


def load_token_counter() -> TokenCounter:
    """A counter that uses the tokenizer of the built-in embedder.

    Raises:
        Unavailable: The tokenizer's file is not there.
    """
    return TokenCounter(load_tokenizer())
