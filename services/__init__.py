"""The Patient Management System: one package a service, and what they share."""
