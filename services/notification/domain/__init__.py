"""The rules of notification: which facts concern whom, in which words, and how a message fares."""
