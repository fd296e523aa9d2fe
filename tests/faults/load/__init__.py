"""The load: people of the town who work through public HTTP, and write down every answer as they get it."""
