"""What officers do about businesses, for one or for many at once; saved views; the digest."""
