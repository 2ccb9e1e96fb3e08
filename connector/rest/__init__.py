"""Any REST API that answers in JSON, described in the field map's YAML; docs/rest.md has the words and whole examples."""
