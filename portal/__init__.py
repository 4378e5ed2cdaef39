"""The Lishui Industry Chain Portal: rooms on ordered floors, see docs/architecture.md."""
