"""The pipeline that judges a pair: case in, trace out, a file a stage. Knows no Django."""
