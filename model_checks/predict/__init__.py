"""A model and the rows that it is judged on -> predictions in one table."""
