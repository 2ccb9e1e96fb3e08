"""The work on the list: what people do about businesses, the list as they see it, and the digest."""
