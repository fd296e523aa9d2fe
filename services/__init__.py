"""The services. Each owns its documents and speaks to the others only through events."""
