"""Provenance: everything that leaves is marked three times over, and any file can be asked where it comes from.

Content Credentials (a signed manifest), a watermark in the content, and a ledger of fingerprints: each fails where another
holds. `marking` puts them in, `verifying` reads them back.
"""
