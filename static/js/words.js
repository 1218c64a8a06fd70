// Counts the words of every textarea[data-words="250-400"]; the figure stands below it and is not read out at every key.

const places = new WeakMap();

export function countWords(area) {
  const place = places.get(area);
  if (!place) return;
  const count = area.value.trim() ? area.value.trim().split(/\s+/u).length : 0;
  const range = area.dataset.words.replace("-", "–");
  place.textContent = range ? `${count} / ${range} ${place.dataset.unit}` : `${count} ${place.dataset.unit}`;
}

for (const area of document.querySelectorAll("textarea[data-words]")) {
  const place = document.createElement("p");
  place.className = "hint num";
  place.dataset.unit = document.querySelector("[data-words-text]")?.dataset.wordsText ?? "words";
  area.after(place);
  places.set(area, place);
  area.addEventListener("input", () => countWords(area));
  countWords(area);
}
