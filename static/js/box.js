// The one box, in the frame of every page: a combobox over a listbox. It looks in the channel of the page soon, in all others once the
// typing rests or with Enter, and each channel's answer stands in its place when it comes.
const finder = () => document.getElementById("box");
const boxField = () => document.getElementById("box-q");
const find = { asking: null, timers: [], text: "", ended: false, opens: false, back: null, started: false, tab: Math.random().toString(36).slice(2) };
const choices = () => [...document.querySelectorAll("#box-list [role=option]")].filter((each) => each.checkVisibility());
const chosen = () => document.querySelector("#box-list [aria-selected=true]");
const choose = (option) => {
  const before = chosen();
  if (before) before.setAttribute("aria-selected", "false");
  if (option) { option.setAttribute("aria-selected", "true"); boxField().setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
  else boxField().removeAttribute("aria-activedescendant");
};
const isOpen = () => boxField().getAttribute("aria-expanded") === "true";
const unfold = (is) => { boxField().setAttribute("aria-expanded", String(is)); finder().querySelector(".box-list").hidden = !is; if (!is) choose(null); };
const giveUp = () => { find.timers.forEach(clearTimeout); find.timers = []; if (find.asking) find.asking.abort(); find.asking = null; };
// What a page offers to do with its order: whatever opens the dialog, and the note. So rights and the order's state are looked at once, by the page.
const OFTEN = "#note, [href*='/state/'], [href*='/assign/'], [href*='/shipping-address/'], [href*='/billing/'], [href*='/execute/'], [href*='/ask/']";
const fillActions = () => {
  const group = document.getElementById("box-acts");
  group.hidden = !document.querySelector(".order-head");
  group.querySelectorAll("[data-does]").forEach((old) => old.remove());
  if (group.hidden) return;
  const seen = new Set(), copy = group.querySelector("[data-copies-address]");
  const doers = [...document.querySelectorAll("main a[hx-target='#dialog'], main #note")].filter((each) => !each.closest("dialog"));
  doers.forEach((doer, n) => {
    const words = (doer.getAttribute("aria-label") || doer.placeholder || doer.textContent).trim().replace(/\s+/g, " ");
    const near = doer.closest("article, section")?.querySelector("h3, h2")?.textContent.trim().replace(/\s+/g, " ") ?? "";
    const key = `${words} ${near}`;
    if (!words || seen.has(key)) return;
    seen.add(key);
    const option = document.createElement("div"), side = document.createElement("span");
    Object.assign(option, { id: `box-act-${n}`, className: "box-row", textContent: words });
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.does = "";
    if (!doer.matches(OFTEN)) option.dataset.seldom = "";
    option.does = () => { leave(); if (doer.matches("textarea")) { doer.focus(); doer.scrollIntoView({ block: "center" }); } else { const fold = doer.closest("details:not([open])"); if (fold) fold.open = true; doer.click(); } };
    side.className = "push muted";
    side.textContent = near;
    if (near) option.append(side);
    copy.before(option);
  });
};
// Places and actions stay in sight as far as their words begin as what is typed does.
const sift = () => {
  const typed = boxField().value.trim().toLocaleLowerCase();
  ["box-acts", "box-places", "box-recent"].forEach((id) => {
    const group = document.getElementById(id);
    if (!group || (id === "box-acts" && !document.querySelector(".order-head"))) return;
    const rows = [...group.querySelectorAll("[role=option]")];
    rows.forEach((row) => { row.hidden = !typed ? "seldom" in row.dataset : !row.textContent.toLocaleLowerCase().split(/\s+/).some((word) => word.startsWith(typed)); });
    group.hidden = rows.every((row) => row.hidden);
  });
};
const enter = async () => {
  if (!isOpen()) { fillActions(); sift(); unfold(true); }
  if (find.started) return;
  find.started = true;
  try {
    const answer = await fetch(finder().dataset.start);
    if (answer.ok && !answer.redirected) { document.getElementById("box-start").innerHTML = await answer.text(); sift(); }
    else find.started = false;
  } catch { find.started = false; }
};
const leave = () => {
  giveUp();
  unfold(false);
  boxField().value = "";
  find.text = "";
  document.getElementById("box-found").replaceChildren();
  document.getElementById("box-sum").replaceChildren();
  const back = find.back;
  find.back = null;
  if (document.activeElement === boxField()) { if (isSeen(back) && back !== document.body) back.focus({ preventScroll: true }); else boxField().blur(); }
};
const goToBox = () => {
  const box = boxField();
  if (!box || dialog()?.open) return false;
  if (document.activeElement !== box) find.back = document.activeElement;
  box.focus();
  box.select();
  enter();
  return true;
};
const parts = () => [...document.querySelectorAll("#box-found > .box-group")];
// One answer: the parts that it names take their places, those with orders before those without.
const putInPlace = (html) => {
  const holder = document.createElement("template"), found = document.getElementById("box-found");
  holder.innerHTML = html;
  [...holder.content.children].forEach((part) => {
    const old = document.getElementById(part.id), was = chosen() && old && old.contains(chosen()) ? chosen().id : "";
    if (part.id === "box-sum") { old.replaceWith(part); return; }
    if (old) old.remove();
    const before = Number(part.dataset.hits) ? parts().find((each) => !Number(each.dataset.hits)) : null;
    if (Number(part.dataset.hits) || !old) found.insertBefore(part, before ?? null);
    else found.append(part);
    if (was) choose(document.getElementById(was));
  });
};
const openFound = (option, isApart) => {
  if (option.does) { option.does(); return; }
  if (option.dataset.asks) { ask(option.dataset.asks); return; }
  if ("copiesAddress" in option.dataset) { navigator.clipboard.writeText(location.href).then(() => say(option.dataset.copied)).catch(() => say("✗")); leave(); return; }
  if (option.id === "box-go-keys" && !isApart) { leave(); showKeys(); return; }
  if (isApart) { open(option.href, "_blank", "noopener"); return; }
  location.assign(option.href);
};
const ended = (sum, which) => {
  find.ended = "all" in sum.dataset;
  say(sum.textContent.trim());
  if (which === "own" && !find.opens) return; // somebody may still be typing
  if (!find.ended || !("one" in sum.dataset)) { if (find.ended && find.opens) choose(choices().find((each) => "order" in each.dataset) ?? null); return; }
  const only = document.querySelector("#box-found [data-order]");
  // What names an order or a person opens by itself; a word may be half of what somebody means to type.
  if (find.opens || sum.dataset.one === "sure") openFound(only, false);
  else choose(only);
};
const ask = async (which) => {
  if (find.asking) find.asking.abort();
  const asking = find.asking = new AbortController(), form = new FormData(finder()), text = boxField().value.trim();
  const done = which === "own" || which === "all" ? [] : parts().filter((part) => !("looking" in part.dataset) && part.querySelector("[data-asks]")?.dataset.asks !== which);
  const count = (test) => done.filter(test).length;
  if (!done.length) document.getElementById("box-found").replaceChildren();
  form.set("ask", which);
  form.set("tab", find.tab);
  form.set("channels", done.length);
  form.set("hits", done.reduce((sum, part) => sum + Number(part.dataset.hits), 0));
  form.set("silent", count((part) => "silent" in part.dataset));
  form.set("cut", count((part) => "cut" in part.dataset));
  form.set("identified", count((part) => "identified" in part.dataset));
  find.text = text;
  find.ended = false;
  try {
    const answer = await fetch(finder().dataset.answers, { method: "POST", body: form, signal: asking.signal });
    if (answer.redirected) { location.reload(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let left = ""; ;) {
      const { value, done: isOver } = await reader.read();
      if (asking.signal.aborted) return;
      const pieces = (left + (value ?? "")).split("\u001e");
      left = pieces.pop();
      pieces.forEach(putInPlace);
      if (isOver) break;
    }
    if (find.asking === asking) find.asking = null;
    const sum = document.getElementById("box-sum");
    if ("ended" in sum.dataset) ended(sum, which);
  } catch (error) {
    if (asking.signal.aborted) return;
    find.asking = null;
    find.text = "";
    const sum = document.getElementById("box-sum");
    sum.textContent = finder().dataset.failed;
    say(sum.textContent);
  }
};
const isText = (text) => text.length > 80 || /[\r\n]/.test(text);
// A whole text is read elsewhere: what it names is looked up together.
const handOver = (text) => {
  const form = document.getElementById("box-paste");
  if (!form || !text.trim()) return false;
  form.querySelector("textarea").value = text;
  form.requestSubmit();
  return true;
};
const lookEverywhere = () => {
  const isOwnDone = find.text === boxField().value.trim() && !find.asking && parts().length === 1;
  ask(isOwnDone ? "rest" : "all");
};
addEventListener("focusin", (event) => { if (event.target === boxField()) enter(); });
addEventListener("focusout", (event) => { if (event.target === boxField() && !finder().contains(event.relatedTarget)) { giveUp(); unfold(false); } });
addEventListener("mousedown", (event) => { if (event.target.closest?.(".box-list")) event.preventDefault(); }); // the focus stays in the box
addEventListener("click", (event) => {
  if (event.target === boxField()) enter();
  const option = event.target.closest?.("#box-list [role=option]");
  if (!option || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openFound(option, false);
});
addEventListener("input", (event) => {
  if (event.target !== boxField()) return;
  giveUp();
  find.opens = false;
  find.ended = false;
  const text = boxField().value.trim();
  enter();
  sift();
  choose(null);
  if (text.length < 3 || isText(text)) {
    find.text = "";
    document.getElementById("box-found").replaceChildren();
    document.getElementById("box-sum").replaceChildren();
    return;
  }
  find.timers = [setTimeout(() => ask("own"), 250), setTimeout(lookEverywhere, 1000)];
});
addEventListener("paste", (event) => {
  const text = event.target === boxField() && event.clipboardData ? event.clipboardData.getData("text") : "";
  if (isText(text.trim()) && handOver(text)) event.preventDefault();
});
addEventListener("submit", (event) => {
  if (event.target !== finder()) return;
  event.preventDefault();
  const text = boxField().value.trim(), option = chosen();
  if (option) { openFound(option, false); return; }
  if (!text || (isText(text) && handOver(text))) return;
  find.timers.forEach(clearTimeout);
  find.opens = true;
  if (find.ended && find.text === text) {
    const found = [...document.querySelectorAll("#box-found [data-order]")];
    if (found.length === 1) openFound(found[0], false);
    else choose(choices()[0] ?? null);
  } else lookEverywhere();
});
addEventListener("keydown", (event) => {
  if (event.target !== boxField()) return;
  const options = choices(), at = options.indexOf(chosen());
  if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); leave(); return; }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); const option = chosen() ?? document.querySelector("#box-found [data-order]"); if (option) openFound(option, true); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const last = options.length - 1, isChoosing = at >= 0;
  const to = { ArrowDown: at < last ? at + 1 : 0, ArrowUp: at > 0 ? at - 1 : last, Home: isChoosing ? 0 : undefined, End: isChoosing ? last : undefined }[event.key];
  if (to === undefined || !options.length) return;
  event.preventDefault();
  if (!isOpen()) unfold(true);
  choose(options[to]);
});
// Keys of one letter, on every page: none of them in a field, in a dialog, or for who switched them off.
const showKeys = () => {
  const on = document.querySelector(".order-head") ? "order" : document.querySelector("main .list") ? "list" : "other";
  htmx.ajax("GET", `${finder().dataset.keys}?on=${on}`, { target: "#dialog", swap: "innerHTML", source: document.body });
};
const DOES = { n: "main #note", a: "main a[data-key=a], main a[href$='/assign/']", j: "#order-next", k: "#order-previous" };
let went = 0;
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k" && goToBox()) { event.preventDefault(); return; }
  if ("noKeys" in document.body.dataset || event.ctrlKey || event.metaKey || event.altKey || event.repeat || !finder() || dialog()?.open) return;
  if (event.target.closest?.("input, select, textarea, [contenteditable]")) return;
  const key = event.key.toLowerCase(), isPlace = Date.now() - went < 1500;
  went = 0;
  const place = isPlace && document.querySelector(`#box-places [data-go="${CSS.escape(key)}"]`);
  if (place) { event.preventDefault(); location.assign(place.href); return; }
  if (event.key === "/" && goToBox()) event.preventDefault();
  else if (event.key === "?") { event.preventDefault(); showKeys(); }
  else if (key === "g") went = Date.now();
  else if (document.querySelector(".order-head") && DOES[key]) {
    const doer = [...document.querySelectorAll(DOES[key])].find(isSeen);
    if (!doer) return;
    event.preventDefault();
    if (doer.matches("textarea")) { doer.focus(); doer.scrollIntoView({ block: "center" }); } else doer.click();
  }
});
// Somebody looks at an order: it stands among those that were opened last.
addEventListener("load", () => setTimeout(() => {
  const order = document.querySelector("[data-opened-order]");
  if (!order || !finder() || document.hidden) return;
  const form = new FormData(finder());
  form.delete("said");
  form.set("order", order.dataset.openedOrder);
  fetch(finder().dataset.opened, { method: "POST", body: form, keepalive: true }).catch(() => {});
}, 1000));
