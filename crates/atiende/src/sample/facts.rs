//! The small facts of a case: which printer, which village, at what time.

use std::collections::BTreeMap;

use atiende_procedure::office::Person;
use jiff::Timestamp;
use jiff::civil::Weekday;

use super::cast::Cast;
use super::dice::Dice;
use super::story::Story;

/// What a story's words stand for in one telling.
pub(crate) type Facts = BTreeMap<&'static str, String>;

const VILLAGES: [&str; 14] = [
    "La Esperanza",
    "El Porvenir",
    "San Isidro",
    "La Unión",
    "Buenos Aires",
    "El Diamante",
    "Puerto Nuevo",
    "Alto Bonito",
    "Las Brisas",
    "La Laguna",
    "Agua Clara",
    "El Progreso",
    "Santa Rita",
    "La Palmera",
];
const HOURS: [&str; 10] = [
    "7:40 a. m.",
    "8:15 a. m.",
    "9:00 a. m.",
    "9:50 a. m.",
    "10:30 a. m.",
    "11:00 a. m.",
    "2:00 p. m.",
    "2:45 p. m.",
    "3:30 p. m.",
    "4:10 p. m.",
];
const MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// The facts of a case that this person opens at this time.
pub(crate) fn facts(
    cast: &Cast,
    story: &Story,
    requester: &Person,
    opened: Timestamp,
    dice: &mut Dice,
) -> Facts {
    let office = &cast.office;
    let zone = office.settings.calendar.zone();
    let day = zone.to_datetime(opened).date();
    let site = requester.profile.site.and_then(|id| office.sites.get(&id));
    let elsewhere: Vec<_> = office.sites.values().skip(1).collect();
    let abroad = dice.pick(&elsewhere).map(|site| site.municipality.clone()).unwrap_or_default();
    let municipality =
        site.filter(|_| cast.is_regional(requester)).map_or(abroad, |s| s.municipality.clone());
    let colleague = cast.colleague(requester, dice).map_or_else(String::new, |it| it.profile.name.clone());
    let mark = match story.contract.as_deref() {
        Some("C-009") => "CR-",
        Some("C-014") => "RQ-",
        Some("C-021") => "AS-",
        _ => "",
    };
    let last_month = MONTHS[usize::try_from((day.month() + 10) % 12).unwrap_or(0)];
    let floor = dice.between(1, 7);
    let letter = if dice.chance(50) { 'A' } else { 'B' };
    Facts::from([
        ("n", first_name(&requester.profile.name)),
        ("saludo", greeting(zone.to_datetime(opened).hour())),
        ("persona", colleague),
        ("sede", site.map_or_else(String::new, |site| format!("la {}", site.name))),
        ("municipio", municipality),
        ("lugar", lower_first(&requester.profile.place)),
        ("impresora", format!("IMP-0{}", dice.between(101, 389))),
        ("placa", format!("CR-1{:04}", dice.between(20, 4999))),
        ("punto", format!("{floor}-{:02}{letter}", dice.between(1, 36))),
        ("ext", format!("2{}", dice.between(101, 799))),
        ("mes", last_month.to_owned()),
        ("dia", weekday_after(day.weekday(), dice.between(1, 3)).to_owned()),
        ("hora", dice.pick(&HOURS).copied().unwrap_or_default().to_owned()),
        ("comision", format!("COM-{}-{:04}", day.year(), dice.between(20, 980))),
        ("radicado", format!("{}-ER-0{}", day.year(), dice.between(10_200, 38_900))),
        ("remitido", format!("{mark}{}", dice.between(40_100, 98_700))),
        ("vereda", dice.pick(&VILLAGES).copied().unwrap_or_default().to_owned()),
        ("dos", dice.between(12, 48).to_string()),
        ("tres", dice.between(112, 640).to_string()),
    ])
}

/// What one calls somebody.
pub(crate) fn first_name(name: &str) -> String {
    name.split_whitespace().next().unwrap_or_default().to_owned()
}

fn greeting(hour: i8) -> String {
    if hour < 12 { "Buenos días" } else { "Buenas tardes" }.to_owned()
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The name of a working day, so many days on.
fn weekday_after(day: Weekday, days: u32) -> &'static str {
    let days = i32::try_from(days).unwrap_or(1);
    match day.wrapping_add(days) {
        Weekday::Monday | Weekday::Saturday | Weekday::Sunday => "lunes",
        Weekday::Tuesday => "martes",
        Weekday::Wednesday => "miércoles",
        Weekday::Thursday => "jueves",
        Weekday::Friday => "viernes",
    }
}
