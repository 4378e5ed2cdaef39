"""XLSX and CSV: read what people bring, hand their own workbook back marked, make the blank form they fill in."""
