"""The checker: from acknowledgements, topics and stores alone. It imports nothing of what it checks."""
