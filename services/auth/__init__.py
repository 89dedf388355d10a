"""The auth service: accounts, sessions and the tokens that all services accept."""
