"""Measures the tutor; nothing imports it."""
