"""What is measured and audited."""
