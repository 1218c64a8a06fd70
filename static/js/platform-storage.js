// A launch where this browser keeps no cookies: the platform's page lends its storage (lti.put_data, lti.get_data).
// We speak with one origin, the platform's own, and hear nobody else; without an answer in time the page goes on.

import { newId } from "./post.js";

// A platform that offers its storage has promised to answer, but its own page may be busy for seconds.
const PATIENCE = 6_000;

function frame(name) {
  const around = window.parent === window ? window.opener : window.parent;
  try {
    return (name && around?.frames[name]) || around;
  } catch {
    return around;
  }
}

// Resolves to the platform's answer, or to null when none came or it was an error.
function ask({ target, origin }, message) {
  const message_id = newId();
  return new Promise((resolve) => {
    const done = (answer) => {
      clearTimeout(timer);
      removeEventListener("message", heard);
      resolve(answer);
    };
    const heard = ({ origin: from, data }) => {
      if (from !== origin || data?.message_id !== message_id) return;
      if (data.subject === `${message.subject}.response`) done(data.error ? null : data);
    };
    const timer = setTimeout(() => done(null), PATIENCE);
    addEventListener("message", heard);
    try {
      frame(target).postMessage({ ...message, message_id }, origin);
    } catch {
      done(null);
    }
  });
}

const keeping = document.querySelector("[data-keep-there]");
if (keeping) {
  const { key, value } = keeping.dataset;
  // Whether it was kept is seen at the launch.
  await ask(keeping.dataset, { subject: "lti.put_data", key, value });
  location.replace(keeping.querySelector("[data-next]").href);
}

const asking = document.querySelector("[data-ask-there]");
if (asking) {
  const { key } = asking.dataset;
  const answer = await ask(asking.dataset, { subject: "lti.get_data", key });
  if (typeof answer?.value === "string" && answer.value) {
    asking.elements.browser.value = answer.value;
    asking.submit();
  } else {
    asking.replaceChildren(asking.querySelector("template").content);
  }
}
