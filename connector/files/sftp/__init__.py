"""A folder of exports on a server that speaks SFTP."""
