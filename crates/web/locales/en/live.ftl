present-title = Also here
present-reads = { $name } is reading
present-writes = { $name } is writing
live-changes = There are changes: show them
live-changed-by = News from { $name }
live-changed = There is news on this case
