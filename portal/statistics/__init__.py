"""Figures from approved filings: cells at the finest grain, totals, growth and ratios over them.

A fact is an approved number: nothing here looks at the state of a case.
"""
