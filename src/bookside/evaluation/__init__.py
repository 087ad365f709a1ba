"""How well a book's questions are answered by its passages: figures, runs, comparisons, and drafts of questions."""
