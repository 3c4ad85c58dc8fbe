"""The pages of this app, a subject a file."""
