"""Ways to a guest besides e-mail: their own conversation here, and a webhook for everything else."""
