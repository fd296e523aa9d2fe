"""How the platform is run: on a laptop (embedded), one server (compose), a city (Kubernetes)."""
