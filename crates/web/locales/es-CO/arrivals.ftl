letter-nothing-said = Respondía un aviso y no decía nada nuevo.
mail-assign = Registrar a nombre de…
mail-assign-to = Correo de quien lo pide
mail-assign-hint = Queda como solicitud de esa persona y ella recibe el acuse. Si respondía un caso de seguridad, lo reciben los oficiales.
mail-nobody = Nadie activo en el directorio tiene ese correo. No se registró nada.
mail-assign-do = Registrar
