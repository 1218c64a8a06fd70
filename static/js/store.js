// The browser's own copies of what has not reached the server: one flat store of keys and values.
// IndexedDB where it works, else localStorage, else this page's memory.

const PREFIX = "oneday:";
const memory = new Map();
let opened;
let wiped = false;

function open() {
  opened ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open("oneday", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("kept");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
      request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  return opened;
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function table(mode) {
  const database = await open();
  return database && database.transaction("kept", mode).objectStore("kept");
}

export async function put(key, value) {
  if (wiped) return;
  try {
    const kept = await table("readwrite");
    if (kept) return await settled(kept.put(value, key));
  } catch {
    // A full or forbidden database: the next shelf takes it.
  }
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    memory.set(key, value);
  }
}

export async function remove(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // No localStorage, nothing to remove.
  }
  try {
    const kept = await table("readwrite");
    if (kept) await settled(kept.delete(key));
  } catch {
    // The same for the database.
  }
}

// Every [key, value] whose key begins with `prefix`, in the order of the keys.
export async function all(prefix) {
  const found = new Map(memory);
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(PREFIX)) found.set(name.slice(PREFIX.length), JSON.parse(localStorage.getItem(name)));
    }
  } catch {
    // No localStorage.
  }
  try {
    const kept = await table("readonly");
    if (kept) {
      const [keys, values] = await Promise.all([settled(kept.getAllKeys()), settled(kept.getAll())]);
      keys.forEach((key, index) => found.set(key, values[index]));
    }
  } catch {
    // No database.
  }
  return [...found].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
}

// The last thing a page does: what still wants to be kept after it, such as an attempt to send once more, is not.
export async function wipe() {
  wiped = true;
  for (const [key] of await all("")) await remove(key);
}
