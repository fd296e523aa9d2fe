"""Notification: who is told, on which channel, and whether it arrived."""
