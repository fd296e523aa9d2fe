"""The demonstration: the sample city, and one round of visits and hazards played through public HTTP."""
