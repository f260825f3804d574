letter-nothing-said = It answered a notice and said nothing new.
mail-assign = Register for somebody…
mail-assign-to = Mail address of the requester
mail-assign-hint = It becomes that person's request, and they get the receipt. If it answered a security case, the officers get it.
mail-nobody = Nobody active in the directory has that address. Nothing was registered.
mail-assign-do = Register
