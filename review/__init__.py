"""The review page: a site for officers to work the list, for admins to see the syncs, for leaders to see a place."""
