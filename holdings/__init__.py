"""Who takes part, what they hold, share and lend (馆藏与成员)."""
