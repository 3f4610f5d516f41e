"""How the tables came to be as they are (数据库修订): what Alembic runs."""
