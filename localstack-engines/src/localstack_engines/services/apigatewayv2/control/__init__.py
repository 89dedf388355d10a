"""What keeps the gateway as the API says: translation of records, upstreams, publishing, access logs."""
