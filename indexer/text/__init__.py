"""Text (文本处理): folding, tokens, pinyin and sort keys, one function each for indexing and asking."""
