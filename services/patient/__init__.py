"""Patients: who they are, whose records they are, and what became of them."""
