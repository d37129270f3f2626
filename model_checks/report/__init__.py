"""A run -> what people read: sentences, pages, plain text and charts."""
