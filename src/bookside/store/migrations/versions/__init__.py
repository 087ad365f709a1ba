"""One module for each step; they are never edited once released."""
