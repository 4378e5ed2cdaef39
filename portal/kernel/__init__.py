"""The words everyone speaks: values without Flask, SQLAlchemy or Babel. Imports only the standard library."""
