nav-agenda = Agenda
agenda-own = La mía
agenda-desk = Toda la mesa
agenda-whose = De quién
agenda-show = Ver
agenda-before = Antes
agenda-after = Después
agenda-today = Hoy
agenda-month = El mes completo
agenda-empty = No hay nada acordado para estos días
agenda-empty-text = Aquí salen las visitas acordadas, los repuestos que se esperan y las fechas que se le dijeron a quien pidió.
agenda-cut = Son demasiados para mostrarlos todos: elija un agente o un día.
agenda-visit = Visita
agenda-parts = Repuestos
agenda-expected = Se espera
agenda-nothing = nada
agenda-more = { $count ->
    [one] y 1 más
   *[other] y { $count } más
}
agenda-total = { $count ->
    [0] nada acordado
    [one] 1 compromiso
   *[other] { $count } compromisos
}
agenda-of = Agenda de { $name }
agenda-share = Verla en otro calendario
agenda-share-lead = Con una dirección secreta, el calendario de su correo o de su celular se mantiene al día con su agenda. Quien la tenga verá lo mismo, así que no la comparta; puede quitarla cuando quiera.
agenda-share-make = Crear la dirección
agenda-share-again = Crear otra y dejar la anterior sin efecto
agenda-share-end = Dejar de compartir
agenda-shared = Agregue esta dirección a su calendario. No se vuelve a mostrar.
agenda-address = Dirección de su agenda
