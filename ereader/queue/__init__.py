"""Loads prepared on many hosts (多机装载): one master cuts a file and writes, workers anywhere prepare.

Batches go through streams of a Redis server: docs/workers.md tells how to run it, docs/decisions why.
"""
