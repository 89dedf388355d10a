"""What the make targets run: bring the system up and down, look at it, test it. `python -m ops --help`."""
