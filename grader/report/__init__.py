"""What people read of a result: pages, pictures and lines, all pure functions of results."""
