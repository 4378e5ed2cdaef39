"""The reference data of the plan as dated, sourced, bilingual entries: read from the database, edited by two people."""
