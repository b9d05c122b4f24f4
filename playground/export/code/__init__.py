"""Generates the code of a spec by specializing the source of the catalog."""
