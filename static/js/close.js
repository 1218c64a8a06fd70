// Tells the LMS that opened this page, in a frame or a window, that its part is done: by a button, and by itself
// after a while that anybody who still reads ends with a key, a click or a touch.

const button = document.querySelector("[data-close]");
const lms = window.opener ?? (window.parent === window ? null : window.parent);

function close() {
  lms.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
  if (window.opener) window.close();
}

if (button && lms) {
  button.hidden = false;
  button.addEventListener("click", close);
  const note = document.querySelector("[data-close-note]");
  const seconds = Number(button.dataset.close);
  if (seconds) {
    const timer = setTimeout(close, seconds * 1000);
    if (note) note.hidden = false;
    const stay = () => {
      clearTimeout(timer);
      if (note) note.hidden = true;
    };
    for (const kind of ["keydown", "pointerdown", "wheel"]) addEventListener(kind, stay, { once: true });
  }
}
