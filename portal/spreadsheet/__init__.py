"""Tables in and out of files: XLSX and CSV, read as people bring them and written so that no cell is a formula.

Knows no indicator, no period and no person.
"""
