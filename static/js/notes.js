// What is printed is what stands in the boxes, saved or not: <textarea data-printed="ID"> fills #ID before printing.

addEventListener("beforeprint", () => {
  for (const area of document.querySelectorAll("textarea[data-printed]")) {
    const printed = document.getElementById(area.dataset.printed);
    printed.lastElementChild.textContent = area.value;
    printed.hidden = !area.value.trim();
  }
});
