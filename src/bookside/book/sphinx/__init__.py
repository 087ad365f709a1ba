"""Sphinx sites and Jupyter Books: Sphinx itself parses them, in a process of its own; Markdown is made of what it read.

``reader`` is what the rest of the book's readers see. ``conf``, ``project`` and ``jupyter`` find out what is to be
built, without running any of it; ``process`` has it built. All other modules run in that process, and only they import
Sphinx: ``child`` begins, ``extension`` joins Sphinx, ``builder`` takes its documents,
``writer`` makes Markdown.
"""
