"""What a library is entitled to read, and since when (知识库): KBART, NISO RP-9-2014."""
