"""The report of a run for people: sentences, pages, plain text and charts."""
