"""Inspection: what was found at a door or in a corridor, and what became of it."""
