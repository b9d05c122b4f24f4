"""Components drawn by the browser: one typed function each, with a JavaScript module of the same name in assets/js."""
