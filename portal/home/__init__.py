"""One front page per role, the pages everybody may read, and the frame around all pages."""
