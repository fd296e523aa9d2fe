"""The published language as documents: docs/events.md, docs/asyncapi.yaml and the golden examples,
all written from shared.events and from who listens in services/."""
