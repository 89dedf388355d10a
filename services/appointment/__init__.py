"""Appointments: doctors' schedules, free hours, and who is booked when."""
