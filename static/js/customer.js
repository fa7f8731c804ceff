// The customer of an order: all channels are asked at once over one connection, each answer takes its place when it comes, and the table of
// all is renewed. Where that breaks off, the page without a script asks again, and says what did not answer.
const askChannels = async (form) => {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (answer.redirected) { location.reload(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let left = ""; ;) {
      const { value, done } = await reader.read();
      const pieces = (left + (value ?? "")).split("\u001e");
      left = pieces.pop();
      pieces.forEach(putChannelInPlace);
      if (done) break;
    }
    if (form.querySelector("[data-looking]")) askWhole(form);
  } catch {
    askWhole(form);
  }
};
// Who leaves the page breaks it off too, and gets where they go.
let isLeaving = false;
addEventListener("beforeunload", () => { isLeaving = true; });
const askWhole = (form) => { if (!isLeaving) location.replace(form.dataset.whole); };
const putChannelInPlace = (html) => {
  const held = document.createElement("template");
  held.innerHTML = html.trim();
  const part = held.content.firstElementChild;
  document.getElementById(part.id)?.replaceWith(part);
  htmx.process(part);
  htmx.trigger(document.body, "customer-heard");
};
addEventListener("load", () => { const form = document.getElementById("customer-asks"); if (form?.querySelector("[data-looking]")) askChannels(form); });
