"""The notification service: a log of all events, and the e-mails and text messages that tell people about them."""
