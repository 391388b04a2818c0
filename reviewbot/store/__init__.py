"""What is kept on the local disk between runs."""
