// Narrows a list while somebody types. The form's data-find names the list; without JavaScript the server searches.

const form = document.querySelector("[data-find]");
const list = document.getElementById(form?.dataset.find ?? "");
const field = form?.querySelector("[type=search]");

function narrow() {
  const wanted = field.value.trim().toLowerCase();
  for (const entry of list.children) {
    entry.hidden = !entry.querySelector(".person").textContent.toLowerCase().includes(wanted);
  }
}

if (form && list && field) {
  form.querySelector("[type=submit]").hidden = true;
  field.addEventListener("input", narrow);
  form.addEventListener("submit", (event) => event.preventDefault());
}
