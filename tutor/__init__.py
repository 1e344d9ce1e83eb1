"""Explains, interviews, grades and remembers."""
