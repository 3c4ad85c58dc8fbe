"""Finds people whose labels tell little: far off, copied, at random, tired. Pure."""
