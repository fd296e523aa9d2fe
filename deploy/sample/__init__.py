"""The sample city: clearly synthetic households, residents and workers in the places of the article."""
