"""Code of a spec, specialised from the catalog's own source."""
