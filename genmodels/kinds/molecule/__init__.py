"""Molecules, as one writes them in SMILES."""
