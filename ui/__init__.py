"""What a person sees (界面): view models, presenters, templates, static files and the two languages.

This package knows no store, no engine and no web framework. Whoever serves pages fills the values of
``pages.py``
and hands them to a ``Renderer``.
"""
