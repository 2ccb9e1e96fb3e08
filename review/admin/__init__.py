"""For admins: connections, runs, rejects, rules; and the audit."""
