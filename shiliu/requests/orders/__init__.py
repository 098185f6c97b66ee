"""Work orders of a hotline at the door: files read row by row, orders placed, answers written.

What becomes of an order is the business of `actions.orders`; file and API come here first.
"""
