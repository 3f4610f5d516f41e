"""The consoles (管理台): what those with a role see and change, without code. Built on ``frame``."""
