"""Flask without a domain: access, languages, sessions, errors, headers, paging. Knows no room above it."""
