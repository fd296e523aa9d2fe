"""Small commands of an operator and a developer, over public HTTP, `/metrics` and Kafka."""
