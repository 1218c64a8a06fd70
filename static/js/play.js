// Scenes that ask for more than a choice. Counts the characters of a sentence, says how sure is how sure in figures, and
// moves the lines of an order up and down. Without JavaScript the same fields are filled by hand.

for (const area of document.querySelectorAll("textarea[data-count]")) {
  const place = document.createElement("p");
  place.className = "hint num";
  const count = () => (place.textContent = `${area.value.length} / ${area.maxLength} ${area.dataset.count}`);
  area.after(place);
  area.addEventListener("input", count);
  count();
}

for (const output of document.querySelectorAll("output[for]")) {
  const input = document.getElementById(output.htmlFor.value);
  const tell = () => (output.value = input.value);
  output.hidden = false;
  input.addEventListener("input", tell);
  tell();
}

for (const list of document.querySelectorAll("[data-order]")) {
  const number = () => [...list.children].forEach((item, at) => (item.querySelector("select").value = String(at + 1)));
  for (const item of list.children) item.append(item.querySelector("template").content.cloneNode(true));
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const item = button.closest("li");
    if (button.dataset.move === "-1") item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    number();
    button.focus();
  });
}
