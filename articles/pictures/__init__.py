"""Pictures, between the file that somebody uploads and those that readers get: what is
taken in, what its metadata says, and what is made of it. Knows of no record."""
