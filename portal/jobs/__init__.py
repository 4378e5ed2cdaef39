"""Background work behind one door: a transactional outbox in the database, with huey as the runner."""
