"""What templates of annotation need beyond the shared tags."""
