// The main pages, and the account that sees each best.
export const PAGES = [
  { name: "entrar", account: null, path: "/entrar" },
  { name: "portal-inicio", account: "usuario", path: "/" },
  { name: "portal-nuevo", account: "usuario", path: "/nuevo?servicio=IMP-FALLA" },
  { name: "portal-mis-casos", account: "usuario", path: "/mis-casos" },
  { name: "portal-caso", account: "usuario", path: "/mis-casos", first: "main a[href^='/casos/']" },
  { name: "procedimiento", account: "usuario", path: "/procedimiento" },
  { name: "mesa-cola", account: "admin", path: "/mesa" },
  { name: "mesa-cola", account: "agente1", path: "/mesa" },
  { name: "mesa-cola", account: "agente2", path: "/mesa" },
  { name: "mesa-cola", account: "agente3", path: "/mesa" },
  { name: "mesa-cola", account: "auditor", path: "/mesa" },
  { name: "mesa-caso", account: "admin", path: "/mesa", first: "main a[href^='/casos/']" },
  { name: "mesa-caso", account: "agente1", path: "/mesa?estado=in_progress", first: "main a[href^='/casos/']" },
  { name: "agenda", account: "admin", path: "/agenda" },
  { name: "agenda-dia", account: "agente1", path: "/agenda?de=mesa&dia=2026-11-24" },
  { name: "proveedores", account: "supervisor", path: "/proveedores" },
  { name: "proveedores-caso", account: "supervisor", path: "/proveedores", first: "main a[href^='/casos/']" },
  { name: "informe", account: "admin", path: "/informes/ans?from=2020-01-01&to=2099-12-31" },
  { name: "informe-casos", account: "admin", path: "/informes/ans/casos?from=2020-01-01&to=2099-12-31&clock=all&outcome=breached" },
  { name: "informe-proveedores", account: "supervisor", path: "/informes/ans?from=2020-01-01&to=2099-12-31" },
  { name: "informe-vacio", account: "auditor", path: "/informes/ans?from=2020-01-01&to=2020-01-31" },
  { name: "seguridad", account: "seguridad", path: "/seguridad" },
  { name: "seguridad-caso", account: "seguridad", path: "/seguridad", first: "main a[href^='/casos/']" },
  { name: "oficina", account: "sistema", path: "/oficina" },
  { name: "ajustes", account: "sistema", path: "/oficina/ajustes" },
  { name: "calendarios", account: "sistema", path: "/oficina/calendarios" },
  { name: "calendario", account: "sistema", path: "/oficina/calendarios/0?año=2026" },
  { name: "calendario-editar", account: "sistema", path: "/oficina/calendarios/0/editar" },
  { name: "acuerdos", account: "sistema", path: "/oficina/acuerdos" },
  { name: "acuerdo", account: "sistema", path: "/oficina/acuerdos/1" },
  { name: "contratos", account: "sistema", path: "/oficina/contratos" },
  { name: "contrato", account: "sistema", path: "/oficina/contratos/1" },
  { name: "contrato", account: "supervisor", path: "/oficina/contratos/1" },
  { name: "proveedor", account: "sistema", path: "/oficina/proveedores/1" },
  { name: "sedes", account: "sistema", path: "/oficina/sedes" },
  { name: "sede", account: "sistema", path: "/oficina/sedes/1" },
  { name: "personas", account: "sistema", path: "/oficina/personas" },
  { name: "persona-nueva", account: "sistema", path: "/oficina/personas/nueva" },
  { name: "envios", account: "sistema", path: "/oficina/envios" },
  { name: "correo", account: "sistema", path: "/oficina/correo" },
  { name: "buzon-nuevo", account: "sistema", path: "/oficina/correo/buzones/nuevo" },
  { name: "buzon", account: "sistema", path: "/oficina/correo/buzones/1" },
  { name: "caso-por-correo", account: "admin", path: "/mesa?q=IMP-0231+hojas", first: "main a[href^='/casos/']" },
  { name: "cartas", account: "admin", path: "/demo/mail" },
  { name: "api", account: "admin", path: "/api" },
  { name: "no-esta", account: "usuario", path: "/no-esta" },
];

/** Goes to a page; some are reached by the first link of a list. */
export async function visit(page, desk, place) {
  await page.goto(`${desk.url}${place.path}`);
  if (!place.first) return true;
  const link = page.locator(place.first).first();
  if ((await link.count()) === 0) return false;
  await page.goto(new URL(await link.getAttribute("href"), desk.url).href);
  return true;
}

export const WIDTHS = [1280, 390];
export const THEMES = ["light", "dark"];
