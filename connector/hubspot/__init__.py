"""The kind `hubspot`: HubSpot's CRM, read over its API. docs/hubspot.md says how."""
