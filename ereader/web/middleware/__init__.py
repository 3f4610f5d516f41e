"""What happens to every request before its handler (中间件)."""
