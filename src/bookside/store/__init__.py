"""Threads, items, attachments and feedback, on SQLite or PostgreSQL."""
