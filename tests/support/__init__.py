"""What several kinds of test need to run real parts."""
