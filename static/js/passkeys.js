// Passkeys. A form with a hidden field data-passkey is held as it is sent until the browser's passkey has answered what that address asks; one with
// data-passkey-make until it has made one. Where a code is typed into the same form, or somebody presses a button that is not the form's own, it goes as it is.
const sayInForm = (form, words) => {
  const place = form.querySelector("[data-passkey-says]");
  if (!place) return;
  place.textContent = words ? place.dataset[words] : "";
  place.hidden = !words;
};
const askPasskey = async (field, form) => {
  if (form.dataset.passkeyMake) {
    const options = JSON.parse(form.dataset.passkeyMake).publicKey;
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }
  const answer = await fetch(field.dataset.passkey, { headers: { Accept: "application/json" }, redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  const options = (await answer.json()).publicKey;
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
};
addEventListener("submit", (event) => {
  const form = event.target, { submitter } = event;
  const field = form.querySelector(form.dataset.passkeyMake ? "[name=passkey]" : "[data-passkey]");
  const code = form.querySelector("[name=factor_code]");
  if (!field || field.value || (code && code.value.trim())) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // htmx would send it
  if (form.dataset.asking) return;
  const fail = (words) => { form.dataset.sent = "0"; sayInForm(form, words); };
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) { fail("old"); return; }
  form.dataset.asking = "1";
  sayInForm(form, "");
  askPasskey(field, form).then((credential) => {
    field.value = JSON.stringify(credential.toJSON());
    form.requestSubmit(submitter?.isConnected ? submitter : null);
  }).catch(() => fail("none")).finally(() => { delete form.dataset.asking; });
}, true);
// What was refused is not sent twice: each answer is good for one question.
addEventListener("htmx:afterRequest", (event) => event.detail.elt.querySelectorAll?.("[data-passkey]").forEach((field) => { field.value = ""; }));
