"""Makes the sample faxes: invented people fill in the blanks, the pages go through a machine and, some, a phone line."""
