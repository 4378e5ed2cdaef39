"""The bench: the portal and a floor under it, measured side by side in one run (`make bench`)."""
