"""What audits are made of: one test each, its estimate, its rule and its error rates; audits put them together."""
