"""Many files in, one union index out (联合仓储与索引)."""
