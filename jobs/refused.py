"""The one fault of what people ask for and cannot have."""


class Refused(ValueError):
    """What was asked cannot be done as things are; the message says why and what to do instead, in words for whoever asked."""
