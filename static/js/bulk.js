// Orders that are chosen for what is done with many: a stretch of them with Shift, all of the page, and the bar that counts them.
const picks = () => [...document.querySelectorAll("input[form=bulk][name=order]")];
const pickBar = () => document.getElementById("bulk");
let lastPick = null;
const countPicks = (is_said) => {
  const bar = pickBar();
  if (!bar) return;
  const boxes = picks(), marked = boxes.filter((box) => box.checked).length, all = bar.elements.all, takes = all && all.checked;
  const n = takes ? Number(all.dataset.n) || 0 : marked;
  const words = takes && !n ? all.closest("label").textContent.trim() : n === 1 ? bar.dataset.one : n ? bar.dataset.many.replace("#", n) : bar.dataset.none;
  bar.classList.toggle("is-on", Boolean(marked || takes));
  bar.querySelector(".bulk-count").textContent = words;
  const head = document.querySelector("[data-pick-all]");
  if (head) {
    head.hidden = !boxes.length;
    const box = head.querySelector("input");
    box.checked = Boolean(marked) && marked === boxes.length;
    box.indeterminate = Boolean(marked) && marked < boxes.length;
  }
  if (is_said) say(words);
};
addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches || !box.matches("input[form=bulk][name=order]")) return;
  const boxes = picks(), from = boxes.indexOf(lastPick), to = boxes.indexOf(box);
  if (event.shiftKey && from >= 0) boxes.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((each) => { each.checked = box.checked; });
  lastPick = box;
});
// Shift and a click would mark text between the two.
addEventListener("mousedown", (event) => { if (event.shiftKey && event.target.closest && event.target.closest(".pick")) event.preventDefault(); });
addEventListener("change", (event) => {
  const box = event.target, bar = pickBar();
  if (!bar) return;
  if (box.closest("[data-pick-all]")) picks().forEach((each) => { each.checked = box.checked; });
  else if (!(box.form === bar && (box.name === "order" || box.name === "all"))) return;
  if (bar.elements.all && box.name !== "all" && !box.checked) bar.elements.all.checked = false;
  if (box.name === "all" && box.checked) picks().forEach((each) => { each.checked = true; });
  countPicks(true);
});
addEventListener("reset", (event) => {
  if (event.target !== pickBar()) return;
  lastPick = null;
  requestAnimationFrame(() => {
    countPicks(true);
    const first = picks()[0];
    if (first) first.focus();
  });
});
addEventListener("htmx:afterSettle", () => countPicks(false));
addEventListener("pageshow", () => countPicks(false));
countPicks(false);
