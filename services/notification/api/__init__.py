"""Notification over HTTP: the inbox, messages and notices by area, preferences, rules."""
