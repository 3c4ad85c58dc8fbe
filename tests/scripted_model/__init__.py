"""A model server that speaks the real protocol and answers by a script."""
