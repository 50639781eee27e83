"""Real servers of others for tests: each in a throw-away folder, on loopback, on ports of its own."""
