"""The use cases of the notification service and their rules."""
