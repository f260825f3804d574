// A form is sent once, what was typed survives a closed tab, and Ctrl+Enter sends.
export function forms() {
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
  }
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
  for (const form of document.querySelectorAll("form[data-draft]")) draft(form);
}

function draft(form) {
  const key = `atiende:${form.dataset.draft}`;
  const fields = [...form.elements].filter((field) => field.name && !["hidden", "file", "password", "radio", "checkbox"].includes(field.type));
  const kept = JSON.parse(localStorage.getItem(key) ?? "{}");
  for (const field of fields) if (!field.value && kept[field.name]) field.value = kept[field.name];
  form.addEventListener("input", () => {
    localStorage.setItem(key, JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value]))));
  });
  form.addEventListener("submit", () => localStorage.removeItem(key));
}
