"""A made-up loan tape for a first look: people who do not exist, paying as people really pay."""
