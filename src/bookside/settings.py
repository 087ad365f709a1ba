"""What an operator may set, read once at the top; every other room receives plain values."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bookside.errors import Rejected

PREFIX = "BOOKSIDE_"


def _also(*names: str) -> AliasChoices:
    return AliasChoices(*names)


class Settings(BaseSettings):
    """Operator settings, from the environment and ``.env``; the defaults run with no services at all."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, frozen=True, extra="ignore", populate_by_name=True
    )

    # The book
    book: Path | None = Field(
        default=None,
        validation_alias=_also("BOOK", "BOOKSIDE_BOOK"),
        description="Folder of the book, or of the site that builds it; or an EPUB, PDF or DOCX file.",
    )
    more_books: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(), description="Folders of further books that the same server has, separated by commas."
    )
    books: Path | None = Field(
        default=None,
        description="File that lists several books, versions or locales of one server, instead of BOOK.",
    )
    book_kind: (
        Literal[
            "docusaurus",
            "mkdocs",
            "mdbook",
            "hugo",
            "quarto",
            "sphinx",
            "jupyter-book",
            "html",
            "folder",
            "epub",
            "pdf",
            "docx",
        ]
        | None
    ) = Field(default=None, description="How to read the book; found from its configuration files when not set.")
    book_version: str | None = Field(
        default=None, description="Version of the book to read, by its name; the site's latest when not set."
    )
    book_locale: str | None = Field(
        default=None, description="Language of the book to read, as the site names it; its default when not set."
    )
    sphinx_conf: Literal["read", "run"] = Field(
        default="read",
        description="What is done with a Sphinx site's conf.py: its plain values are read, or it is run, "
        "with the extensions that it names. Run only what you trust.",
    )
    sphinx_builder: Literal["html", "dirhtml"] | None = Field(
        default=None,
        description="Builder that makes the Sphinx site; what .readthedocs.yaml names, or html, when not set.",
    )
    sphinx_timeout_s: float = Field(
        default=900.0, gt=0, description="Seconds in which Sphinx must have read the whole book."
    )
    site_base_url: str | None = Field(
        default=None,
        validation_alias=_also("SITE_BASE_URL"),
        description="Origin of the published site, as in https://me.github.io; citations lead there.",
    )
    book_base_url: str | None = Field(
        default=None,
        validation_alias=_also("BOOK_BASE_URL"),
        description="Path below which the site is published, as in /my-book; the site's own configuration otherwise.",
    )

    book_language: str | None = Field(
        default=None,
        description="Language of the book by its tag, as in de: words are searched by its stems; the site's own when "
        "not set, else English.",
    )

    # Where things are kept
    data: Path = Field(default=Path(".bookside"), description="Folder for the index, the database and the secret.")
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias=_also("DATABASE_URL"),
        description="sqlite:///file.db or postgresql://…; a SQLite file in the data folder when not set.",
    )
    qdrant_url: str | None = Field(
        default=None,
        validation_alias=_also("QDRANT_URL"),
        description="Address of a Qdrant server; the index is kept in this process when not set.",
    )
    qdrant_api_key: SecretStr | None = Field(
        default=None, validation_alias=_also("QDRANT_API_KEY"), description="Key of the Qdrant server."
    )
    qdrant_collection: str = Field(
        default="book",
        validation_alias=_also("QDRANT_COLLECTION"),
        description="Name of the collection that holds the book.",
        pattern=r"^[A-Za-z0-9_.-]+$",
    )

    # Models
    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias=_also("OPENAI_API_KEY"), description="Key for answers (and OpenAI embeddings)."
    )
    openai_base_url: str | None = Field(
        default=None,
        validation_alias=_also("OPENAI_BASE_URL"),
        description="Address of any server that speaks OpenAI's API, as in http://127.0.0.1:11434/v1.",
    )
    chat_model: str = Field(
        default="gpt-4.1-mini", validation_alias=_also("CHAT_MODEL"), description="Model that writes the answers."
    )
    chat_api: Literal["auto", "responses", "chat_completions"] = Field(
        default="auto",
        description="API to speak with the chat model; auto means responses, or chat_completions with OPENAI_BASE_URL.",
    )
    answers: Literal["auto", "model", "extractive"] = Field(
        default="auto",
        description="Who answers: a language model, or sentences of the book; auto means a model where one is set.",
    )
    embedder: Literal["auto", "minilm", "static", "openai"] = Field(
        default="auto",
        description="Who embeds: a small model (minilm) or static vectors in this process, or OpenAI's API (or one "
        "that speaks it); auto means openai when EMBEDDING_MODEL is set, else minilm where installed, else static.",
    )
    embedding_model: str | None = Field(
        default=None,
        validation_alias=_also("EMBEDDING_MODEL"),
        description="Model of the embedding API; text-embedding-3-small when BOOKSIDE_EMBEDDER is openai.",
    )
    transcription_model: str = Field(
        default="gpt-4o-mini-transcribe", description="Model that turns a reader's speech into text."
    )
    retrieval: Literal["auto", "agentic", "prefetch"] = Field(
        default="auto",
        description="Who looks for passages first: the model asks for them (agentic), or those for the reader's own "
        "words come with its first call (prefetch); auto means prefetch for the first question of a thread.",
    )
    frame_ms: int = Field(
        default=50,
        ge=0,
        le=50,
        description="Milliseconds in which a model's words are gathered before they are sent on; the first go at once.",
    )
    first_text_timeout_s: float = Field(
        default=45.0, gt=0, description="Seconds until an answer's first words must have come."
    )
    answer_timeout_s: float = Field(default=120.0, gt=0, description="Seconds until an answer must be complete.")
    model_timeout_s: float = Field(default=60.0, gt=0, description="Seconds of silence from a model before giving up.")
    max_answer_tokens: int | None = Field(
        default=None, gt=0, description="Longest answer; the model's own when not set."
    )
    history_tokens: int = Field(
        default=6_000, ge=0, description="Tokens of earlier conversation that a question carries with it."
    )
    attachment_tokens: int = Field(
        default=6_000, ge=0, description="Tokens of attached files that a question carries with it."
    )
    instructions: Path | None = Field(
        default=None, description="File with the assistant's instructions, instead of the ones that come with Bookside."
    )
    tracing: bool = Field(default=False, description="Whether the Agents SDK may export traces to OpenAI.")

    # Search
    passages: int = Field(default=6, ge=1, le=20, description="Passages that one search gives the assistant.")
    passage_tokens: int = Field(
        default=2_000,
        ge=0,
        description="Tokens up to which those passages are completed by the rest of their sections; 0 for none.",
    )
    reranker: str = Field(
        default="none",
        description="Who reads the first passages again and puts them in a better order: none, the folder of a "
        "cross-encoder in ONNX, or the address of a rerank API, as in http://127.0.0.1:8080/v1/rerank.",
    )
    reranker_model: str | None = Field(
        default=None, description="Model of the rerank API; servers of one model need none."
    )
    reranker_api_key: SecretStr | None = Field(default=None, description="Key of the rerank API.")
    reranker_candidates: int = Field(
        default=20, ge=2, le=100, description="Passages that the re-ranker reads for a search."
    )
    reranker_weight: float = Field(
        default=0.5, gt=0, le=1, description="What the re-ranker's judgement counts for; the rest is the fit."
    )
    reranker_timeout_s: float = Field(
        default=2.0,
        gt=0,
        description="Seconds that a search waits for the re-ranker; then the passages stay as they were ranked.",
    )
    chapter_boost: float = Field(default=1.2, gt=0, description="Factor for passages of the reader's chapter.")
    lesson_boost: float = Field(default=1.1, gt=0, description="Further factor for passages of the reader's page.")

    # HTTP
    host: str = Field(default="127.0.0.1", validation_alias=_also("HOST"), description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, validation_alias=_also("PORT"), description="Port to listen on.")
    workers: int = Field(
        default=1,
        ge=1,
        le=256,
        description="Server processes behind that port; more than one needs PostgreSQL and a Qdrant server.",
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Sites that may use the assistant from the browser, separated by commas; * for any. "
        "The origin of SITE_BASE_URL always may.",
    )
    secret: SecretStr | None = Field(
        default=None,
        description="Signs readers' tokens (32 characters or more); made once in the data folder when not set. "
        "Set it when several servers share a database.",
    )
    token_days: int = Field(default=365, ge=1, description="Days until a reader's token expires.")
    rate_limit_requests: int | None = Field(
        default=None,
        ge=0,
        validation_alias=_also("RATE_LIMIT_REQUESTS"),
        description="Questions that a reader may ask per window; 0 for no limit. "
        "When not set: 60, or no limit while HOST is a loopback address.",
    )
    rate_limit_window: int = Field(
        default=60, ge=1, validation_alias=_also("RATE_LIMIT_WINDOW"), description="Length of that window in seconds."
    )
    admin_key: SecretStr | None = Field(
        default=None,
        description="Key (16 characters or more) with which POST /assistant/reindex may be called; without it nobody "
        "may.",
    )
    max_runs: int = Field(
        default=400, ge=1, description="Answers that one process writes at once; more are refused with 503."
    )
    max_runs_per_reader: int | None = Field(
        default=None,
        ge=0,
        description="Answers that are written for one reader at once; 0 for no limit. "
        "When not set: 8, or no limit while HOST is a loopback address.",
    )
    max_question_chars: int = Field(default=2_000, ge=1, description="Longest question.")
    max_selection_chars: int = Field(default=2_000, ge=1, description="Longest selection; the rest is cut.")
    max_request_bytes: int = Field(default=1_000_000, ge=1_000, description="Longest request body.")
    attachments: bool = Field(default=True, description="Whether readers may attach text files to their questions.")
    max_attachment_bytes: int = Field(default=1_000_000, ge=1_000, description="Largest file a reader may attach.")
    ping_s: float = Field(default=15.0, gt=0, description="Seconds between comments that keep a quiet stream open.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="What is logged.")

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(origin.strip().rstrip("/").lower() for origin in value.split(",") if origin.strip())
        return value

    @field_validator("more_books", mode="before")
    @classmethod
    def _split_folders(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(Path(folder.strip()) for folder in value.split(",") if folder.strip())
        return value

    @field_validator("admin_key")
    @classmethod
    def _no_guess(cls, value: SecretStr | None) -> SecretStr | None:
        key = value.get_secret_value() if value is not None else None
        if key is not None and len(key) < 16:
            raise ValueError("must have 16 characters or more")
        if key is not None and not (key.isascii() and key.isprintable() and key == key.strip()):
            raise ValueError("must be of ASCII characters, with no blanks at its ends: no header could carry it")
        return value

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("must have 32 characters or more")
        return value


def plain(secret: SecretStr | None) -> str | None:
    """The secret itself, for the part that uses it."""
    return None if secret is None else secret.get_secret_value()


def variable(name: str) -> str:
    """The environment variable that sets the field ``name``."""
    alias = Settings.model_fields[name].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else PREFIX + name.upper()


def read_settings(**changes: Any) -> Settings:
    """Settings from the environment and ``.env``; ``changes`` that are not ``None`` win.

    Raises:
        Rejected: A value is of the wrong form, or a ``BOOKSIDE_*`` variable names no setting. The message names
            the variable, never the value.
    """
    names = {variable(field) for field in Settings.model_fields} | {PREFIX + "BOOK"}
    for name in sorted({*os.environ, *dotenv_values(".env")}):
        if name.startswith(PREFIX) and name not in names:
            raise Rejected(f"{name} is no setting of Bookside; `bookside settings` lists them")
    try:
        return Settings(**{name: value for name, value in changes.items() if value is not None})
    except ValidationError as error:
        faults = "; ".join(f"{_named(str(fault['loc'][0]))}: {fault['msg']}" for fault in error.errors())
        raise Rejected(f"settings: {faults}") from None


def _named(location: str) -> str:
    return variable(location) if location in Settings.model_fields else location
