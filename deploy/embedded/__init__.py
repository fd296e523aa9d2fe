"""Nuanxin on one machine with Python alone: the real Kafka, a MongoDB store and every service, supervised.

Commands: python -m deploy.embedded up | status | logs NAME | down | reset
"""
