"""What every service stands on; README.md says how to write one."""
