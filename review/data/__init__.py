"""The documented views over HTTP, for programs, and the tokens that open them."""
