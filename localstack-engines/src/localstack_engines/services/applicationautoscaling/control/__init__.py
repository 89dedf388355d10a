"""What changes the capacity of scalable targets: policies, their alarms, and schedules."""
