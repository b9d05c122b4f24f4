"""Runs that continue from their checkpoints."""
