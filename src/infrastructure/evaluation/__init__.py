"""Measuring the router on public sets: reads their files, writes what `score.py` scores."""
