"""The pages of this app, a file a subject."""
