"""One module for each revision of the tables (数据库修订), in the order of their numbers."""
