"""Files that people bring: kept by content and size, given back only as attachments."""
