"""The API: the same services as the pages', read and answered as JSON."""
