"""The infrastructure of the Patient Management System. `system` puts `stacks` together, and these use `constructs`."""
