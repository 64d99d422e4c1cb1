"""The stored audit trail: its head, its entries, and what they say of one person."""
