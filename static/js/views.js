// The views above the list: what does not fit goes into "More", counts come when the page is there, and tabs are put in
// order by drag or with Alt and an arrow.
const viewTabs = () => document.getElementById("views");
const tabLinks = (nav) => [...nav.querySelectorAll("[data-view]")];
const fitViews = () => {
  const nav = viewTabs(), more = document.getElementById("views-more");
  if (!nav || !more) return;
  const rest = more.querySelector(".views-rest"), links = tabLinks(nav);
  links.forEach((link) => { link.hidden = false; });
  rest.replaceChildren();
  const room = nav.parentElement.clientWidth - more.offsetWidth - 32;
  let at = links.length;
  while (at > 1 && nav.scrollWidth > Math.min(room, nav.clientWidth + 1)) {
    at -= 1;
    if (links[at].getAttribute("aria-current")) continue; // the one that is looked at stays
    links[at].hidden = true;
    const copy = links[at].cloneNode(true);
    copy.hidden = false;
    copy.removeAttribute("id");
    copy.draggable = false;
    rest.prepend(copy);
  }
  if (window.htmx) htmx.process(rest);
};
// Counts are asked for once in five minutes for each list, and written into every tab that comes in the meantime.
const countsKnown = new Map(), COUNTS_FOR = 5 * 60 * 1000;
const writeCounts = (counts) => {
  document.querySelectorAll(".views [data-view]").forEach((link) => {
    const place = link.querySelector(".n");
    if (place && link.dataset.view in counts) place.textContent = counts[link.dataset.view];
  });
  fitViews();
};
const askCounts = async (nav) => {
  const where = nav.dataset.counts, known = countsKnown.get(where), keys = tabLinks(nav).map((link) => link.dataset.view).join();
  if (known && known.keys === keys && Date.now() - known.at < COUNTS_FOR) { writeCounts(known.counts); return; }
  countsKnown.set(where, { at: Date.now(), keys, counts: {} });
  try {
    const answer = await fetch(where, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) throw new Error();
    const { counts } = await answer.json();
    countsKnown.set(where, { at: Date.now(), keys, counts });
    writeCounts(counts);
  } catch { countsKnown.delete(where); } // a count that nobody has is no matter
};
const showViews = () => {
  const nav = viewTabs();
  if (!nav || nav.dataset.shown) return;
  nav.dataset.shown = "1";
  tabLinks(nav).slice(1).forEach((link) => { link.draggable = true; });
  fitViews();
  askCounts(nav);
};
addEventListener("load", showViews);
addEventListener("htmx:afterSettle", showViews);
addEventListener("resize", fitViews);
// One way to move an entry among its like, whatever it is: a tab, a view on its page, a column.
const sortableOf = (element) => {
  const entry = element.closest && element.closest("#views [data-view][draggable=true], .view-list > li, .column-list > li");
  return entry && { entry, list: entry.parentElement };
};
const entriesOf = ({ entry, list }) => [...list.children].filter((each) => each.matches(entry.matches("a") ? "[data-view][draggable=true]" : "li"));
const nameOf = (entry) => entry.dataset.name || entry.querySelector(".word").textContent;
const keepOrder = ({ entry, list }) => {
  const entries = entriesOf({ entry, list });
  if (list.dataset.moved) say(list.dataset.moved.replace("#name", nameOf(entry)).replace("#place", entries.indexOf(entry) + (list.id === "views" ? 2 : 1)).replace("#total", entries.length + (list.id === "views" ? 1 : 0)));
  if (!list.dataset.order) return;
  const hidden = [...document.querySelectorAll(".views-rest [data-view]")].map((each) => each.dataset.view);
  const keys = entries.map((each) => each.dataset.view);
  fetch(list.dataset.order, {
    method: "POST",
    headers: { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"], Accept: "application/json" },
    body: new URLSearchParams({ order: [...new Set([...keys, ...hidden])].join() }),
  });
};
const moveEntry = (found, by) => {
  const entries = entriesOf(found), to = entries.indexOf(found.entry) + by;
  if (to < 0 || to >= entries.length) return false;
  entries[to][by < 0 ? "before" : "after"](found.entry);
  return true;
};
const setEnds = (list) => {
  const entries = [...list.children];
  entries.forEach((entry, at) => {
    const up = entry.querySelector(".is-up"), down = up && up.nextElementSibling;
    if (up && list.matches(".view-list")) { up.disabled = at === 0; down.disabled = at === entries.length - 1; }
  });
};
addEventListener("keydown", (event) => {
  const found = event.altKey && sortableOf(event.target);
  const by = found && { ArrowLeft: found.entry.matches("a") ? -1 : 0, ArrowRight: found.entry.matches("a") ? 1 : 0, ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const focused = document.activeElement;
  if (!moveEntry(found, by)) return;
  focused.focus();
  setEnds(found.list);
  keepOrder(found);
});
// The buttons that move an entry do so at once, where there is a script; without one their forms are sent.
addEventListener("click", (event) => {
  const button = event.target.closest && event.target.closest(".view-list form button, .column-list button");
  const found = button && sortableOf(button);
  if (!found) return;
  event.preventDefault();
  if (!moveEntry(found, button.matches(".is-up") ? -1 : 1)) return;
  setEnds(found.list);
  (button.disabled ? button.parentElement.querySelector("button:not([disabled])") : button).focus();
  keepOrder(found);
});
let draggedEntry = null;
addEventListener("dragstart", (event) => {
  const found = sortableOf(event.target);
  if (!found) return;
  draggedEntry = found;
  found.entry.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
});
addEventListener("dragover", (event) => {
  const over = draggedEntry && sortableOf(event.target);
  if (!over || over.list !== draggedEntry.list) return;
  event.preventDefault();
  if (over.entry === draggedEntry.entry) return;
  const box = over.entry.getBoundingClientRect();
  const isAfter = over.entry.matches("a") ? (event.clientX > box.left + box.width / 2) !== (getComputedStyle(over.entry).direction === "rtl") : event.clientY > box.top + box.height / 2;
  over.entry[isAfter ? "after" : "before"](draggedEntry.entry);
});
addEventListener("dragend", () => {
  if (!draggedEntry) return;
  draggedEntry.entry.classList.remove("is-dragged");
  setEnds(draggedEntry.list);
  keepOrder(draggedEntry);
  draggedEntry = null;
});
document.addEventListener("htmx:load", () => document.querySelectorAll(".view-list > li, .column-list > li").forEach((entry) => { entry.draggable = true; }));
addEventListener("load", () => document.querySelectorAll(".view-list > li, .column-list > li").forEach((entry) => { entry.draggable = true; }));
