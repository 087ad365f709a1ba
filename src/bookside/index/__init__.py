"""Chunks ⇄ Qdrant: brought in step by content, searched by meaning and by words."""
