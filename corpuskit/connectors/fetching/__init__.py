"""Asking servers: one client, one policy."""
