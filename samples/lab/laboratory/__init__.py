"""The laboratory: network namespaces, traffic, recorders and labels.

Read world.py first (what a host can do), then any file of ../scenarios.
"""
