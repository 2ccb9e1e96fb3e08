"""Dynamics 365 and everything else that keeps its rows in a Dataverse, read over the Web API: docs/dataverse.md."""
