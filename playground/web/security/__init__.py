"""Who a visitor is, and what a request may do: everything that stands between the internet and the pages."""
