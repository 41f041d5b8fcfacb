"""The rule-based twins, Spanish and English: no network, no key."""
