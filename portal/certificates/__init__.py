"""Papers: receipts, registration records, award letters; their numbers, their states, how a stranger verifies them."""
