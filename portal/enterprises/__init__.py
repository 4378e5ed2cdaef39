"""Enterprises: who they are, where they stand on the chains, who acts for them, how they come in."""
