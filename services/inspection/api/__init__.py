"""What people may ask of inspection over HTTP."""
