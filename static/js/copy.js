// Copies data-copy (a text) or the value of the field whose id is data-copy-from, and says so on the button.
// The button is hidden until then: without JavaScript the link itself can be selected.

async function copy(button) {
  const field = document.getElementById(button.dataset.copyFrom ?? "");
  const text = button.dataset.copy || field?.value || field?.textContent?.trim() || "";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No clipboard outside https: select the text, so that the keyboard copies it.
    if (field?.select) field.select();
    return;
  }
  const before = button.textContent;
  button.textContent = button.dataset.copied ?? before;
  setTimeout(() => (button.textContent = before), 2000);
}

for (const button of document.querySelectorAll("[data-copy], [data-copy-from]")) {
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", () => copy(button));
}
