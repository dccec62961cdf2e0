"""What an office has planned: schedules, meetings, broadcasts, and whose turn it is to lead."""
