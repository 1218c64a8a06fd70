// Sends the form that only carries something on, as soon as the page is there. Its button does the same.

document.querySelector("form[data-submit]")?.submit();
