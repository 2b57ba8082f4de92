"""Fault injection: failures of real machines, caused on purpose and counted."""
