"""What draws itself in the browser: one typed function a component, whose other half is the module of its name in assets/js."""
