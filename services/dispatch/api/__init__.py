"""Dispatch over HTTP: the queue, a task and what one does with it, the workers."""
