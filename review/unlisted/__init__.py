"""Companies that no CRM holds: the least engaged are those that nobody wrote down."""
