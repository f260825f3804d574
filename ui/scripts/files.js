// A screenshot can be pasted and files dropped on the form that takes files; each is listed with its size.
export function files() {
  for (const drop of document.querySelectorAll("[data-drop]")) {
    const input = drop.querySelector("input[type=file]");
    const list = document.getElementById(drop.dataset.drop);
    const chosen = new DataTransfer();
    const show = () => {
      list.replaceChildren(...[...chosen.files].map((file, at) => row(file, () => {
        chosen.items.remove(at);
        input.files = chosen.files;
        show();
      }, drop.dataset.remove)));
    };
    const add = (added) => {
      for (const file of added) chosen.items.add(file);
      input.files = chosen.files;
      show();
    };
    input.addEventListener("change", () => add([...input.files]));
    drop.addEventListener("dragover", (event) => event.preventDefault());
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      add([...event.dataTransfer.files]);
    });
    document.addEventListener("paste", (event) => add([...event.clipboardData.files]));
  }
}

function row(file, remove, label) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.className = "grow text-truncate";
  name.textContent = `${file.name} · ${size(file.size)}`;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn quiet";
  button.textContent = label;
  button.addEventListener("click", remove);
  item.append(name, button);
  return item;
}

function size(bytes) {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} ${unit}`;
}
