"""The believable city: fictitious enterprises with a history, made the same way from the same arguments."""
