"""The only code that writes runs and judgments."""
