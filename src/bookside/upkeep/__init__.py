"""How books are kept in step with their files and their indices while they are served or written."""
