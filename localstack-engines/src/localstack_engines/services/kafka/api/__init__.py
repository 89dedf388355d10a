"""MSK's operations: requests are checked and answered in AWS's words."""
