"""Who is asking, and what may he change (账户与权限): ways in, sessions, roles, the log of changes."""
