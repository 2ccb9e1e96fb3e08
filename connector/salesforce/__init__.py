"""Salesforce by its REST API and, for large reads, its Bulk API 2.0; read only. docs/salesforce.md is for those who connect one."""
