present-title = También aquí
present-reads = { $name } lo está viendo
present-writes = { $name } está escribiendo
live-changes = Hay cambios: mostrarlos
live-changed-by = Hay novedades de { $name }
live-changed = Hay novedades en este caso
