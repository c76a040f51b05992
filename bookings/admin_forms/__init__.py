"""Forms of the coach's calendar. What is typed is wall time in the coach's zone, and refused in sentences."""
