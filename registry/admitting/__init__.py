"""One module a form: what the registry makes of it. Pure: a submission and a situation in, a decision out."""
