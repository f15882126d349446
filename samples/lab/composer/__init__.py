"""Incidents that the lab composes itself: drawn, told, labelled, handed in."""
