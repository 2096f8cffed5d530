"""What others do, written by us the way that they publish it, so that both sides run here and now.

Each file is started as a process of its own and answers through `genmodels.bench.turns`.
"""
