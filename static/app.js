// Small comforts. Every page works without them; none of them decides anything.
const live = () => document.getElementById("live");
const say = (text) => { const region = live(); if (region) { region.textContent = ""; requestAnimationFrame(() => { region.textContent = text; }); } };

// Menus close at a click elsewhere, at a choice that opens the dialog, and at Escape.
const menus = () => document.querySelectorAll("details.menu[open]");
addEventListener("click", (event) => menus().forEach((menu) => { if (!menu.contains(event.target) || event.target.closest("a[hx-get]")) menu.open = false; }));
addEventListener("keydown", (event) => {
  if (event.key === "Escape") menus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});

// The menu of channels leads to the list as it is filtered now, which htmx may have changed since the page came.
addEventListener("toggle", (event) => {
  const list = (path) => path.split("/").slice(3).join("/") === "orders/";
  if (!event.target.open || !list(location.pathname)) return;
  const filters = new URLSearchParams(location.search);
  ["page", "way", "edit"].forEach((name) => filters.delete(name));
  event.target.querySelectorAll("nav.choices a").forEach((link) => { link.search = filters; });
}, true);

// A message is put away by its button.
addEventListener("load", () => document.querySelectorAll("[data-puts-away]").forEach((button) => { button.hidden = false; }));
addEventListener("click", (event) => { const button = event.target.closest("[data-puts-away]"); if (button) button.closest(".alert").remove(); });

// A button with data-copy copies that text and says so.
addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("is-copied");
    say(button.dataset.copied || "✓");
    setTimeout(() => button.classList.remove("is-copied"), 1500);
  } catch {
    say(button.dataset.copyFailed || "✗");
  }
});

// A select with data-submits sends its form at once (its submit button is for those without a script).
addEventListener("change", (event) => {
  const field = event.target.closest("[data-submits]");
  if (field) field.form.requestSubmit();
});

// A link with data-opens opens the folded panel that holds its target, and puts the focus there.
addEventListener("click", (event) => {
  const link = event.target.closest("a[data-opens]");
  const target = link && document.getElementById(link.dataset.opens);
  if (!target) return;
  event.preventDefault();
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.focus();
  target.scrollIntoView({ block: "nearest" });
});

// A link with data-folds closes the panel that it stands in (without a script it leads to the page with the panel closed).
addEventListener("click", (event) => {
  const link = event.target.closest("a[data-folds]");
  const fold = link && link.closest("details");
  if (!fold) return;
  event.preventDefault();
  fold.open = false;
  fold.querySelector("summary").focus();
});

// Where the reader was on a page comes back with it: a page that htmx put into the history is loaded anew on the way back.
// A link may lead back to a row as well; it stands where it stood, if it is in sight there.
// Addresses have search words in them: a number stands for each, and whoever signed out leaves none behind in the tab.
const place = () => `scroll:${[...location.pathname + location.search].reduce((sum, sign) => (Math.imul(sum, 31) + sign.codePointAt(0)) | 0, 7)}`;
const isSignedIn = document.querySelector("nav.side") !== null;
const remember = () => { try { if (isSignedIn) sessionStorage.setItem(place(), `${scrollY} ${document.activeElement?.id ?? ""}`); } catch { /* private mode: no memory */ } };
const remembered = () => { try { return (sessionStorage.getItem(place()) || "").split(" "); } catch { return []; } };
try { if (!isSignedIn) sessionStorage.clear(); } catch { /* as above */ }
addEventListener("pagehide", remember);
addEventListener("htmx:beforeHistorySave", remember);
addEventListener("load", () => {
  const navigation = performance.getEntriesByType("navigation")[0];
  const isReturn = navigation && ["back_forward", "reload"].includes(navigation.type), [top, focused] = remembered();
  const linked = location.hash.startsWith("#row-") && decodeURIComponent(location.hash.slice(1));
  const row = document.getElementById(linked || (isReturn && focused?.startsWith("row-") && focused) || "");
  if (row || linked || isReturn) scrollTo(0, Number(top) || 0);
  if (!row) return;
  row.focus({ preventScroll: true });
  row.closest("tr").scrollIntoView({ block: "nearest" });
  history.replaceState(history.state, "", location.pathname + location.search); // said once: a reload stays where the reader is
});

// Progress and results, for eyes and for screen readers.
addEventListener("htmx:beforeRequest", (event) => event.detail.target.setAttribute("aria-busy", "true"));
// An answer may go elsewhere than it was asked for: a problem goes into its own place.
addEventListener("htmx:afterRequest", (event) => [event.detail.target, event.detail.requestConfig.target].forEach((place) => place.removeAttribute("aria-busy")));
let said = "";
addEventListener("htmx:afterSettle", (event) => {
  const spoken = event.detail.target.querySelector("[data-say]");
  const asked = event.detail.requestConfig && event.detail.requestConfig.triggeringEvent;
  // What renews itself speaks when it has something new to say.
  if (spoken && !(asked && asked.type === "live" && spoken.dataset.say === said)) say(spoken.dataset.say);
  if (spoken) said = spoken.dataset.say;
});
// A request that the next one overtakes was given up on purpose. htmx writes it to the console as an error, unless its
// details name none by then.
addEventListener("htmx:beforeRequest", (event) => {
  const { detail } = event, { xhr } = detail, { onabort } = xhr;
  xhr.onabort = () => { detail.error = ""; onabort(); };
});
addEventListener("htmx:sendError", () => { const words = document.body.dataset.offline; if (words) say(words); });

// The dialog: filled by htmx, opened when it has something in it, closed with Escape, × or Cancel.
const dialog = () => document.getElementById("dialog");
// A select of one shows its first open option where the page names none.
const isChosenAnew = (field) => {
  const options = [...field.options];
  const isNamed = field.multiple || options.some((option) => option.defaultSelected);
  const shown = isNamed ? null : options.find((option) => !option.disabled);
  return options.some((option) => option.selected !== (isNamed ? option.defaultSelected : option === shown));
};
const isDirty = (form) => form && form.dataset.sent !== "1" && [...form.elements].some((field) => {
  if (!field.name || field.type === "hidden" || field.type === "submit") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return isChosenAnew(field);
  return field.value !== field.defaultValue;
});
const guarded = () => [...document.querySelectorAll("form[data-guard]")].find((form) => form.dataset.sent !== "1" && (form.dataset.dirty === "1" || isDirty(form)));
const mayLeave = () => !guarded() || confirm(dialog().dataset.unsaved);
// Where the focus goes back to once the dialog is closed: what opened it, the same link if the part around it was renewed
// meanwhile, the button of the menu that it stood in, else the page.
let opener = null;
const isSeen = (element) => element && element.isConnected && element.checkVisibility();
const focusBack = () => {
  if (document.activeElement && document.activeElement !== document.body && isSeen(document.activeElement)) return;
  const address = opener && opener.getAttribute("href");
  const again = address && [...document.querySelectorAll("a[href]")].find((link) => link.getAttribute("href") === address);
  const menuOf = (element) => element && element.isConnected && element.closest("details") && element.closest("details").querySelector("summary");
  const place = [opener, again, menuOf(opener), menuOf(again)].find(isSeen) || document.getElementById("main");
  if (!place) return;
  if (place.id === "main") place.tabIndex = -1;
  place.focus();
};
addEventListener("htmx:afterSwap", (event) => {
  const box = dialog();
  if (!box || event.detail.target !== box || !box.firstElementChild) return;
  if (!box.open) { opener = event.detail.requestConfig.elt; box.showModal(); }
  const first = box.querySelector("[autofocus]") || box.querySelector("[aria-invalid=true], [role=alert], .stack input:not([type=hidden]), .stack select, .stack textarea");
  if (first) { if (first.matches("[role=alert]")) first.tabIndex = -1; first.focus(); }
  const form = box.querySelector("form[data-guard]");
  if (form && event.detail.requestConfig.verb === "post") form.dataset.dirty = "1";
});
const close = () => {
  const box = dialog();
  if (!box || !box.open || !mayLeave()) return;
  const isOld = box.querySelector("[data-reloads]"); // the page behind shows how it was before
  box.close();
  box.replaceChildren();
  focusBack();
  if (isOld) location.reload();
};
addEventListener("cancel", (event) => { if (event.target === dialog()) { event.preventDefault(); close(); } }, true);
addEventListener("click", (event) => {
  const closer = event.target.closest("[data-closes]");
  if (closer && dialog() && dialog().contains(closer)) { event.preventDefault(); close(); }
});
addEventListener("keydown", (event) => {
  const form = event.target.closest && event.target.closest("form[data-guard]");
  if (form && !("deliberate" in form.dataset) && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
});
addEventListener("submit", (event) => { if (event.target.matches("form[data-guard]")) event.target.dataset.sent = "1"; }, true);
addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (form.matches && form.matches("form[data-guard]") && !event.detail.xhr.getResponseHeader("HX-Redirect")) form.dataset.sent = "0";
});
// Another form for the dialog takes the place of this one only if what was typed may go.
addEventListener("htmx:confirm", (event) => { if (event.detail.verb === "get" && event.detail.target === dialog() && dialog().open && !mayLeave()) event.preventDefault(); });
addEventListener("beforeunload", (event) => { if (guarded()) event.preventDefault(); });
// A form that stayed open while somebody signed in again in another tab goes out with the token of now. Over TLS only this very host can have set it.
const cookie = (name) => document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
const csrf = () => cookie("__Host-csrftoken") || cookie("csrftoken") || "";
addEventListener("htmx:configRequest", (event) => {
  if (!csrf()) return;
  event.detail.headers["X-CSRFToken"] = csrf();
  event.detail.formData.delete("csrfmiddlewaretoken"); // the form's own would count before the header
});

// A part that says data-live somewhere in it renews itself: soon at first, then ever later (up to so many seconds, where it says), only while the tab is
// seen, until the reader stops it.
const pulse = { at: Date.now(), next: Date.now() + 2000, pause: 2000, stopped: false };
const beat = () => { pulse.pause = 2000; pulse.next = Date.now() + pulse.pause; };
setInterval(() => {
  const head = document.querySelector("[data-live]");
  if (!head) return;
  const age = head.querySelector("[data-live-age]"), stop = head.querySelector("[data-live-stop]");
  age.textContent = age.dataset.liveAge.replace("#", Math.round((Date.now() - pulse.at) / 1000));
  stop.hidden = false;
  stop.dataset.word ||= stop.textContent;
  stop.textContent = pulse.stopped ? stop.dataset.stopped : stop.dataset.word;
  if (pulse.stopped || document.hidden || Date.now() < pulse.next) return;
  pulse.pause = Math.min(pulse.pause * 1.5, 1000 * (head.dataset.live || 30));
  pulse.next = Date.now() + pulse.pause;
  htmx.trigger(head.closest("[hx-trigger=live]"), "live");
}, 1000);
addEventListener("htmx:afterRequest", (event) => { if (event.detail.elt.matches("[hx-trigger=live]")) pulse.at = Date.now(); });
// The Order API answers again: what could not be read is read now, unless that took away what somebody types, or led back whoever has set out
// for another page and waits for it.
let setOut = 0;
addEventListener("beforeunload", () => { setOut = Date.now(); });
const hasSetOut = () => Date.now() - setOut < 60000; // a download leads nowhere
const isTyping = () => { const field = document.activeElement; return field.matches("input, textarea") && field.value !== field.defaultValue; };
addEventListener("api-answers", () => { const again = document.querySelector("[data-again]"); if (again && !guarded() && !isTyping() && !hasSetOut()) again.click(); });
document.addEventListener("visibilitychange", beat);
addEventListener("click", (event) => {
  if (!event.target.closest("[data-live-stop]")) return;
  pulse.stopped = !pulse.stopped;
  beat();
});

// A button with data-prints prints the page; without a script the browser's own menu does. What loads when it is seen is loaded first, and notes
// of the staff are on the paper only where they were asked for.
const unseen = () => [...document.querySelectorAll("[hx-trigger^='intersect once']:not([data-asked])")];
addEventListener("htmx:beforeRequest", (event) => { event.detail.elt.dataset.asked = "1"; });
const loaded = (part) => new Promise((done) => {
  part.addEventListener("htmx:afterRequest", () => setTimeout(done, 100), { once: true });
  setTimeout(done, 5000);
  htmx.trigger(part, "intersect");
});
const printAll = async (withNotes) => {
  await Promise.all(unseen().map(loaded));
  document.body.classList.toggle("prints-notes", withNotes);
  print();
  document.body.classList.remove("prints-notes");
};
addEventListener("load", () => document.querySelectorAll("[data-prints]").forEach((button) => { button.hidden = false; }));
addEventListener("click", (event) => {
  const button = event.target.closest("[data-prints]");
  if (!button) return;
  menus().forEach((menu) => { menu.open = false; });
  printAll(button.dataset.prints === "notes");
});
addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || !unseen().length) return;
  event.preventDefault();
  printAll(false);
});
