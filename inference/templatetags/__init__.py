"""What templates of the pipeline need beyond the shared tags."""
