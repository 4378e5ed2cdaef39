"""Accounts: who may sign in, how they prove it, the posts of officers. Memberships of enterprises live above."""
