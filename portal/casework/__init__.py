"""What everything that is reviewed shares: the case, its questions and its decisions. Knows no kind's content."""
