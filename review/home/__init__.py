"""The first page, and what every site says about itself."""
