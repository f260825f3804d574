due-late = { $name } overdue
case-times = SLA times
clock-promised = promised in { $time }, { $hours }
clock-remains = { $name } left
clock-remains-one = { $name } left
clock-late = overdue by { $name }
clock-missed = { $name } late
clock-met = met in { $name }
clock-held = on hold
clock-void = not needed
clock-pauses = { $count ->
    [one] One pause
   *[other] { $count } pauses
}
clock-pause = { $why }: from { $from } to { $to } ({ $time })
clock-pause-still = { $why }: since { $from }
hours-main = in office hours
promised-always = day and night
hours-of = in the hours of { $name }
stillness-requester = waited for the requester
stillness-visit = waited for the agreed visit
stillness-parts = waited for parts
stillness-provider = the provider had it
stillness-solved = it was solved
stillness-security = security had it
column-contract-promise = Contract’s time
clock-response-of = answer of { $name }
clock-solution-of = solution of { $name }
view-due-later = Due later
