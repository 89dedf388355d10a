"""Notification: the log of every event, and the e-mails and SMS that tell people about them."""
