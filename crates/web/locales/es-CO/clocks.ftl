due-late = vencido hace { $name }
case-times = Tiempos del ANS
clock-promised = prometida en { $time }, { $hours }
clock-remains = quedan { $name }
clock-remains-one = queda { $name }
clock-late = vencida hace { $name }
clock-missed = con { $name } de retraso
clock-met = cumplida en { $name }
clock-held = en pausa
clock-void = no hizo falta
clock-pauses = { $count ->
    [one] Una pausa
   *[other] { $count } pausas
}
clock-pause = { $why }: de { $from } a { $to } ({ $time })
clock-pause-still = { $why }: desde { $from }
hours-main = en horas de la oficina
promised-always = día y noche
hours-of = en horas de { $name }
stillness-requester = esperaba a quien lo pidió
stillness-visit = esperaba la visita acordada
stillness-parts = esperaba repuestos
stillness-provider = lo tenía el proveedor
stillness-solved = estaba solucionado
stillness-security = lo tenía seguridad
column-contract-promise = Plazo del contrato
clock-response-of = respuesta de { $name }
clock-solution-of = solución de { $name }
view-due-later = Vencen después
