"""The database of an installation as a whole (数据库): its tables, their revisions, copying and locking."""
