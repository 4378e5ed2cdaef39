"""The audit trail: hash-chained streams of what was done, by whom, and the anchors that hold their tails."""
