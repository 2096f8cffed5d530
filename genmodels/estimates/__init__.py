"""Numbers from numbers: values with their intervals."""
