"""What readers and adapters of one family of formats share (格式知识): no plug-in imports another."""
