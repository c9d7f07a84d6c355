"""`make bench`: what grows with what, as ratios measured in one run. A ratio says the same on a slow machine."""
