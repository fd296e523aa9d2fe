"""What tests stand on: a fake store and a fake log with the real ones' conflicts, and scenarios."""
