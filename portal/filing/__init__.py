"""Quarterly filings: drafts, submitted versions with their receipts, and the facts that approved ones become."""
