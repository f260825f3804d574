nav-agenda = Agenda
agenda-own = Mine
agenda-desk = The whole desk
agenda-whose = Whose
agenda-show = Show
agenda-before = Before
agenda-after = After
agenda-today = Today
agenda-month = The whole month
agenda-empty = Nothing is agreed for these days
agenda-empty-text = Visits agreed, parts awaited and the dates that requesters were told show here.
agenda-cut = There are too many to show: choose an agent or a day.
agenda-visit = Visit
agenda-parts = Parts
agenda-expected = Expected
agenda-nothing = nothing
agenda-more = { $count ->
    [one] and 1 more
   *[other] and { $count } more
}
agenda-total = { $count ->
    [0] nothing agreed
    [one] 1 appointment
   *[other] { $count } appointments
}
agenda-of = Agenda of { $name }
agenda-share = See it in another calendar
agenda-share-lead = With a secret address, the calendar of your mail or your phone keeps up with your agenda. Whoever has it sees the same, so keep it to yourself; you can take it away at any time.
agenda-share-make = Make the address
agenda-share-again = Make another and end the one before
agenda-share-end = Stop sharing
agenda-shared = Add this address to your calendar. It is not shown again.
agenda-address = Address of your agenda
