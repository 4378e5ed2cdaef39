"""SQLAlchemy without Flask: columns, scope, sessions. Both databases are first class."""
