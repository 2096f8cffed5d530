"""Labels by people: questions, who is shown what and in which order, and the answers, kept as they are given."""
