"""What measures speed and accuracy; never part of the tests."""
