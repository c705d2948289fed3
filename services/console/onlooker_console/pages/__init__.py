"""The pages, one module each: ``routes(views)`` returns a page's routes."""
