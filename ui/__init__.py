"""What a person sees: presenters, templates, static files, locale (界面). Knows no store, no engine, no web framework."""
