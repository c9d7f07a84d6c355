"""The portal's settings, addresses and processes."""
