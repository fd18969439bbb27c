// Adds what plain pages lack: a field that hides what does not match. Nothing is sent anywhere.
"use strict";
for (const field of document.querySelectorAll("input[data-filter]")) {
  const list = document.getElementById(field.dataset.filter);
  const status = document.querySelector(`[data-count="${field.dataset.filter}"]`);
  if (!list) continue;
  const items = [...list.querySelectorAll("li, tbody tr")];
  const texts = items.map((item) => item.textContent.toLowerCase());
  const groups = [...list.querySelectorAll("section.group")];
  field.closest("p").hidden = false;
  const apply = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    items.forEach((item, index) => {
      item.hidden = !words.every((word) => texts[index].includes(word));
      if (!item.hidden) shown += 1;
    });
    for (const group of groups) group.hidden = !group.querySelector("li:not([hidden])");
    status.textContent = words.length ? `${shown} treff` : "";
  };
  field.addEventListener("input", apply);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const found = items.filter((item) => !item.hidden);
    const link = found.length === 1 && found[0].querySelector("a");
    if (link) link.click();
  });
  apply();
}
