"""`placebridge doctor`: one page for ops. Is it well, and if not, what is to be done?"""
