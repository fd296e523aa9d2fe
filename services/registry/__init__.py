"""The registry: who lives where, who needs care, and how often they must be visited."""
