// The services of the catalogue that fit what is being typed; without scripts the same list comes from the server.
export function proposals() {
  const input = document.querySelector("[data-proposals]");
  if (!input) return;
  const list = document.getElementById(input.dataset.proposals);
  let asked = 0;
  input.addEventListener("input", async () => {
    const mine = ++asked;
    const answer = await fetch(`/nuevo/propuestas?q=${encodeURIComponent(input.value)}`, { headers: { accept: "text/html" } });
    if (mine === asked && answer.ok) list.innerHTML = await answer.text();
  });
}
