"""The stages that a served model can perform, a module each: what it is asked, and how its reply is read."""
