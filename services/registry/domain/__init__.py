"""The rules of the registry: people, households, care plans, dues and rounds."""
