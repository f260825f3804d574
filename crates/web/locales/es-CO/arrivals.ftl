letter-nothing-said = Respondía un aviso y no decía nada nuevo.
