calendar-main = Calendario de la oficina
field-year = Año
