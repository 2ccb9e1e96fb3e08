"""Charts as SVG text, made of numbers alone: no script, no outside resource, readable in print. A table of the same belongs beside."""
