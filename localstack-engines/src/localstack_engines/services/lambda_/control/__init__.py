"""What Lambda does between LocalStack and its engine."""
