"""A link in, ways to the item out (资源调度)."""
