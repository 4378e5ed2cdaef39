"""The officer's desk: the queue, one case beside its past, and the only approval in the house."""
