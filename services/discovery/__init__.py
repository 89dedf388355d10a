"""What a client must know before it has a token: the issuer's metadata, its keys, and the API's documentation."""
