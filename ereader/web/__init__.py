"""HTTP for the product (网络门面): every address in ``routes.py``, one handler module a page.

Handlers turn a request into values, call the sync packages in the thread pool and hand page values to ``ui``.
"""
