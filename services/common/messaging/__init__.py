"""Events: outbox and relay, inbox and consumers, dead letters."""
