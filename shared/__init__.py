"""The kernel that every service stands on: one write, one relay, one clock. It knows no service."""
