letter-nothing-said = It answered a notice and said nothing new.
