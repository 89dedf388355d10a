"""What keeps the brokers as the API's records say."""
