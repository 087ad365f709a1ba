"""What is searched for where no language model words it: a question with those it may lean on, within the limits."""

from collections.abc import Callable, Sequence

Terms = Callable[[str], frozenset[int]]
"""The terms of a text, stemmed and without stop words, each as a number."""

FOLLOW_UP_TERMS = 4
"""A question of so few terms may lean on the one before it."""
MAX_QUERIES = 3
MAX_QUERY_CHARS = 2_000
"""The search takes no more and no longer queries."""
MAX_SELECTION_CHARS = 500
"""Characters of the reader's selection that are searched for."""


def queries_for(questions: Sequence[str], terms: Terms) -> list[str]:
    """What to search for: the last question by itself, and a short one behind those that it may lean on.

    "And on Windows?" is found with the question before it; "And on a Mac?" after that also with the one before both.

    Args:
        questions: Of the conversation, oldest first.
    """
    *earlier, question = questions
    queries = [question[:MAX_QUERY_CHARS]]
    latest, whole = question, question
    while earlier and len(queries) < MAX_QUERIES and len(terms(latest)) <= FOLLOW_UP_TERMS:
        latest = earlier.pop()
        whole = f"{latest} {whole}"
        queries.append(whole[-MAX_QUERY_CHARS:])
    return queries
