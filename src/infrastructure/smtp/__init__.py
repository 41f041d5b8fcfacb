"""E-mail to guests, by SMTP."""
