// The list of orders. What stands in the box goes along with whatever is chosen before it was looked for.
const searchBox = () => document.getElementById("q");
const typedOn = (box) => box && box.value.trim() !== (box.dataset.looked ?? box.defaultValue).trim();
addEventListener("htmx:confirm", (event) => { // before what is under way is given up for it
  const box = searchBox();
  if (event.detail.elt === box && (box.validity.patternMismatch || box.dataset.carried === box.value)) event.preventDefault();
});
addEventListener("htmx:configRequest", (event) => {
  const { elt, formData } = event.detail, box = searchBox();
  if (elt === box || !elt.closest(".list") || "clears" in elt.dataset || !typedOn(box) || box.validity.patternMismatch) return;
  box.dataset.carried = box.value;
  const carried = (params) => { params.set("search", box.value); ["way", "page"].forEach((name) => params.delete(name)); };
  if (formData.has("next")) { // a choice that is kept, and leads back to the list
    const next = new URL(formData.get("next"), location);
    carried(next.searchParams);
    formData.set("next", next.pathname + next.search);
    return;
  }
  const address = new URL(event.detail.path, location);
  address.searchParams.forEach((value, name) => formData.append(name, value));
  carried(formData);
  event.detail.path = address.pathname;
});
addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful, requestConfig } = event.detail;
  if (successful && elt === searchBox()) elt.dataset.looked = requestConfig.formData.get("search") || "";
});
// What goes along with a choice, or is cleared, is not looked for besides: the later question would take the place of the choice's answer.
addEventListener("click", (event) => {
  const box = searchBox();
  if (box && event.target.closest("[data-clears]")) box.dataset.carried = box.value = "";
});
addEventListener("input", ({ target }) => { if (target === searchBox()) delete target.dataset.carried; });
// What is too long to be searched for is said; nothing of it is cut off. Lines are pasted as words, whatever the browser does.
addEventListener("paste", (event) => {
  const box = searchBox(), text = event.clipboardData && event.clipboardData.getData("text");
  if (event.target !== box || !text || !/[\r\n]/.test(text)) return;
  event.preventDefault();
  box.setRangeText(text.split(/[\r\n]+/).filter((line) => line.trim()).join(" "), box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
});
addEventListener("input", (event) => {
  const box = searchBox(), words = document.getElementById("q-long");
  if (event.target !== box || !words) return;
  words.hidden = !box.validity.patternMismatch;
  box.setAttribute("aria-invalid", String(!words.hidden));
  if (words.hidden) return;
  words.textContent = words.dataset.words.replace("#", box.value.length);
  say(words.textContent);
});
// Down from the box into the rows, up and down among them, and back with Escape.
const rowLinks = () => [...document.querySelectorAll(".orders .open[href]")];
addEventListener("keydown", (event) => {
  const box = searchBox(), links = rowLinks(), at = links.indexOf(event.target);
  if (!box || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || (event.target !== box && at < 0)) return;
  if (event.key === "Escape" && at >= 0) { box.focus(); return; }
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
  if (to === undefined || (event.target === box && event.key === "ArrowUp") || !links.length) return;
  event.preventDefault();
  const next = to < 0 ? box : links[Math.min(to, links.length - 1)];
  next.focus();
  if (next !== box) next.closest("tr").scrollIntoView({ block: "nearest" });
});
// After Enter the focus is on what was found, or on the words that say that it is nothing.
addEventListener("load", () => {
  const box = searchBox(), navigation = performance.getEntriesByType("navigation")[0];
  if (!box || !box.defaultValue || !navigation || navigation.type !== "navigate" || location.hash || document.activeElement !== document.body) return;
  const found = rowLinks()[0] || document.querySelector(".empty h2");
  if (!found) return;
  if (found.matches("h2")) found.tabIndex = -1;
  found.focus({ preventScroll: true });
});
// Text in a row can be marked and copied; a click on it opens the order all the same, unless it marks something.
const WORDS = ".orders tbody :is(bdi, small, .who-name, b, abbr, time, .badge, .cur)";
const wordsAt = (event) => event.target.closest && event.target.closest(WORDS);
let opening = 0;
addEventListener("click", (event) => {
  const text = wordsAt(event), link = text && text.closest("tr").querySelector(".open[href]");
  if (!link) return;
  clearTimeout(opening);
  if (event.ctrlKey || event.metaKey) { if (!text.closest("a")) open(link.href, "_blank", "noopener"); return; }
  if (event.shiftKey && text.closest("a")) return;
  event.preventDefault();
  if (event.detail > 1 || event.shiftKey || String(getSelection())) return;
  opening = setTimeout(() => {
    if (String(getSelection())) return;
    link.focus({ preventScroll: true });
    location.assign(link.href);
  }, event.pointerType === "mouse" ? 250 : 0);
});
addEventListener("auxclick", (event) => {
  const text = event.button === 1 && wordsAt(event), link = text && !text.closest("a") && text.closest("tr").querySelector(".open[href]");
  if (link) { event.preventDefault(); open(link.href, "_blank", "noopener"); }
});

// The filter that was chosen from the menu takes the focus; a menu that is closed begins anew.
addEventListener("toggle", (event) => {
  const fold = event.target;
  if (fold.id === "filter-panel" && !fold.open) fold.querySelectorAll(".filter-field[open]").forEach((field) => { field.open = false; });
  if (!fold.matches(".filter-field")) return;
  if (fold.open) fold.parentElement.querySelectorAll(".filter-field[open]").forEach((field) => { field.open = field === fold; });
  if (!fold.contains(document.activeElement)) return;
  if (!fold.open) fold.querySelector("summary").focus();
  else if (document.activeElement.matches("summary")) fold.querySelector("input, select").focus();
}, true);
