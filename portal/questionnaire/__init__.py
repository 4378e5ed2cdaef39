"""A form from definitions: questions, documents, checks. Knows no indicator, no policy and no enterprise."""
