"""The page Audit: outputs are brought, what can be asked of them is said, and verdicts come."""
