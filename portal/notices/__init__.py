"""Notices: everybody's inbox in the portal, and the mails that go out after the commit."""
