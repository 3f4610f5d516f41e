"""e-Read 2.0 (e读): composes everything, speaks HTTP and CLI."""
