"""Shows what runs, and changes nothing: status, addresses, logs, databases, topics."""
