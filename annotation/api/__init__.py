"""The API of bad cases, through the same services as the pages."""
