// How much waits is asked for each minute while the page is seen. A session that has ended is not followed to its sign-in.
setInterval(async () => {
  const count = document.getElementById("queue-count");
  if (!count || document.hidden) return;
  try {
    const answer = await fetch(count.dataset.look, { redirect: "manual" });
    if (answer.ok) count.outerHTML = (await answer.text()).trim();
  } catch { /* it is asked for again */ }
}, 60000);

// "@" in a note: a listbox of colleagues below the box, by the pattern of a combobox. The text alone is what is sent.
const AT = /(?:^|[^\p{L}\p{N}_.@+-])@([\p{L}\p{N}_.' -]{0,40})$/u;
const mentions = { box: null, list: null, people: null };
const closeMentions = () => {
  const { box, list } = mentions;
  if (list) list.remove();
  if (box) ["role", "aria-expanded", "aria-controls", "aria-activedescendant", "aria-autocomplete", "aria-haspopup"].forEach((name) => box.removeAttribute(name));
  mentions.box = mentions.list = null;
};
const colleagues = async (address) => {
  if (mentions.people) return mentions.people;
  const answer = await fetch(address, { redirect: "manual", headers: { "HX-Request": "true", "HX-Target": "colleagues" } });
  const page = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
  const people = [...page.querySelectorAll("[data-mention]")].map((item) => ({ mention: item.dataset.mention, name: item.dataset.name, account: item.dataset.account, role: item.dataset.role }));
  if (answer.ok) mentions.people = people;
  return people;
};
const chooseMention = (at) => {
  const { list } = mentions, options = [...list.children];
  options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
  options[at].scrollIntoView({ block: "nearest" });
  mentions.box.setAttribute("aria-activedescendant", options[at].id);
};
const chosenMention = () => [...mentions.list.children].findIndex((option) => option.getAttribute("aria-selected") === "true");
const insertMention = (option) => {
  const { box } = mentions, typed = AT.exec(box.value.slice(0, box.selectionStart))[1];
  box.setRangeText(`${option.dataset.mention} `, box.selectionStart - typed.length, box.selectionStart, "end");
  closeMentions();
  box.focus();
};
const offerMentions = async (box) => {
  const typed = AT.exec(box.value.slice(0, box.selectionStart));
  if (!typed) { closeMentions(); return; }
  let people;
  try { people = await colleagues(box.dataset.mentions); } catch { return; }
  const again = AT.exec(box.value.slice(0, box.selectionStart));
  if (!again || document.activeElement !== box) { closeMentions(); return; }
  const begin = again[1].toLowerCase();
  const fits = (person) => [person.name, person.account, ...person.name.split(/\s+/)].some((name) => name.toLowerCase().startsWith(begin));
  const found = people.filter(fits).slice(0, 8);
  const shown = mentions.list ? [...mentions.list.children].map((option) => option.dataset.mention).join("|") : "";
  if (!found.length) { closeMentions(); return; }
  if (shown === found.map((person) => person.mention).join("|")) return;
  closeMentions();
  const list = Object.assign(document.createElement("div"), { id: "mentions", className: "mentions" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.mentionsLabel);
  found.forEach((person, place) => {
    const option = Object.assign(document.createElement("div"), { id: `mention-${place}`, textContent: person.name });
    option.setAttribute("role", "option");
    option.dataset.mention = person.mention;
    const small = Object.assign(document.createElement("small"), { className: "muted", textContent: ` ${[person.account, person.role].filter(Boolean).join(" · ")}` });
    option.append(small);
    list.append(option);
  });
  box.insertAdjacentElement("afterend", list);
  mentions.box = box;
  mentions.list = list;
  const states = { role: "combobox", "aria-expanded": "true", "aria-controls": "mentions", "aria-autocomplete": "list", "aria-haspopup": "listbox" };
  Object.entries(states).forEach(([name, value]) => box.setAttribute(name, value));
  chooseMention(0);
};
addEventListener("input", (event) => { if (event.target.matches("[data-mentions]")) offerMentions(event.target); });
addEventListener("keydown", (event) => {
  const { box, list } = mentions;
  if (!list || event.target !== box || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) chooseMention((chosenMention() + step + list.children.length) % list.children.length);
  else if (event.key === "Enter" || event.key === "Tab") insertMention(list.children[chosenMention()]);
  else if (event.key === "Escape") closeMentions();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
addEventListener("pointerdown", (event) => {
  const option = event.target.closest(".mentions [role=option]");
  if (option) { event.preventDefault(); insertMention(option); }
  else if (mentions.list && event.target !== mentions.box) closeMentions();
});
addEventListener("focusout", (event) => { if (event.target === mentions.box) closeMentions(); });

// Who else is at an order. A page that is seen says every 20 seconds what is open on it, at once when that changes, and when it is left; what is
// answered fills its places. What is older than a minute may be wrong by now, and goes. A list asks who has its orders open.
const drawn = () => crypto.getRandomValues(new Uint32Array(3)).join("-");
const presence = { page: drawn(), said: "", at: 0, good: Date.now(), url: "", order: "", over: false };
const EVERY = 20000, WORTH = 60000;
const placesOf = (part) => [...document.querySelectorAll(`[data-presence="${part}"]`)];
const fillPlaces = (parts) => Object.entries(parts).forEach(([part, html]) => placesOf(part).forEach((place) => {
  if (place.presence === html) return;
  place.presence = html;
  place.innerHTML = html; // from a template of the desk's own
}));
const askPresence = async (url, fields) => {
  try {
    const answer = await fetch(url, fields ? { method: "POST", body: fields, headers: { "X-CSRFToken": csrf() }, redirect: "error" } : { redirect: "error" });
    if (answer.status === 200) { presence.good = Date.now(); return await answer.json(); }
    presence.over = answer.status < 500; // signed out, or not theirs any more: it is not asked again
  } catch { /* no answer: the next one is in 20 seconds */ }
  if (presence.over || Date.now() - presence.good > WORTH) { fillPlaces({ here: "", word: "" }); showViewers({}); }
  return null;
};
const saidOf = ({ dataset }) => ({ order: dataset.order, mode: dataset.mode, what: dataset.what, page: presence.page });
const beatPresence = async () => {
  const place = placesOf("word").pop() || placesOf("here")[0];
  if (!place) return;
  const fields = new URLSearchParams(saidOf(place));
  if (String(fields) === presence.said && Date.now() - presence.at < EVERY) return;
  Object.assign(presence, { said: String(fields), at: Date.now(), url: place.dataset.url, order: place.dataset.order });
  const found = await askPresence(place.dataset.url, fields);
  if (found) fillPlaces(found);
};
const showViewers = (found) => rowLinks().forEach((link) => {
  const cell = link.closest("th"), theirs = found[link.id.slice("row-".length)], shown = cell.querySelector(".viewer");
  if (shown && theirs && shown.title === theirs.says) return;
  if (shown) shown.remove();
  if (!theirs) return;
  const viewer = document.createElement("span"), letters = document.createElement("span"), words = document.createElement("span");
  letters.textContent = theirs.initials.slice(0, 2).join(" ") + (theirs.initials.length > 2 ? ` +${theirs.initials.length - 2}` : "");
  letters.ariaHidden = "true";
  words.textContent = viewer.title = theirs.says;
  words.className = "sr";
  viewer.className = "viewer";
  viewer.append(letters, words);
  cell.prepend(viewer);
});
const askForRows = async () => {
  const list = document.querySelector("[data-presence-list]"), links = list ? rowLinks() : [];
  if (!links.length) return;
  const fields = new URLSearchParams(links.map((link) => ["order", link.id.slice("row-".length)]));
  if (String(fields) === presence.said && Date.now() - presence.at < EVERY) return;
  Object.assign(presence, { said: String(fields), at: Date.now() });
  const found = await askPresence(`${list.dataset.presenceList}?${fields}`);
  if (found) showViewers(found);
};
setInterval(() => { if (!document.hidden && !presence.over) { beatPresence(); askForRows(); } }, 1000);
addEventListener("pagehide", () => {
  if (!presence.url) return;
  const fields = new URLSearchParams({ order: presence.order, page: presence.page, gone: "1", csrfmiddlewaretoken: csrf() });
  navigator.sendBeacon(presence.url, fields);
  presence.said = ""; // should the page come back as it was, it says so at once, and as another: the one that was is gone
  presence.page = drawn();
});
