"""Parts of the pages: each draws one thing that the visitor sees, from the spec and the run on the screen."""
