"""The areas themselves: statutory codes, the names people say, and the zones laid over them."""
