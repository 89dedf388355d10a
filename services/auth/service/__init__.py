"""Rules of accounts and of sessions."""
