"""What is measured, one subject a file; the command line prints it."""
