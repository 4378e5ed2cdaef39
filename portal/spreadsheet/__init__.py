"""Tables in and out of files: CSV and XLSX. Knows no indicator, no period and no person."""
