// A passkey in a form: made (data-passkey="create") or given ("get"). The question stands in the JSON block the form
// names, or is fetched from the form's own address when its button is pressed. Where there is no script, or no passkey
// can be made, the form keeps saying so and a code is the way.
const read = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const write = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

async function question(form) {
  if (form.dataset.passkeyOptions) return JSON.parse(document.getElementById(form.dataset.passkeyOptions).textContent);
  const token = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  const answer = await fetch(form.action, { method: "POST", body: token });
  return answer.json();
}

function asked({ publicKey }) {
  const withBytes = (one) => ({ ...one, id: read(one.id) });
  const options = { ...publicKey, challenge: read(publicKey.challenge) };
  if (publicKey.user) options.user = withBytes(publicKey.user);
  for (const list of ["excludeCredentials", "allowCredentials"]) options[list] = (publicKey[list] ?? []).map(withBytes);
  return options;
}

function answered(credential) {
  const { id, type, rawId, response } = credential;
  const parts = PARTS.filter((name) => response[name]).map((name) => [name, write(response[name])]);
  const clientExtensionResults = credential.getClientExtensionResults();
  return JSON.stringify({ id, type, rawId: write(rawId), response: Object.fromEntries(parts), clientExtensionResults });
}

async function give(form, button, said) {
  said.textContent = "";
  button.disabled = true;
  try {
    const asks = await question(form);
    if (!asks.publicKey) throw Object.assign(new Error(), { words: asks.words });
    const publicKey = asked(asks);
    const isNew = form.dataset.passkey === "create";
    const credential = await navigator.credentials[isNew ? "create" : "get"]({ publicKey });
    form.elements.credential.value = answered(credential);
    for (const other of form.querySelectorAll("[data-instead]")) other.disabled = true; // sent it would be the answer
    form.submit();
  } catch (error) {
    said.textContent = error.words ?? (error.name === "InvalidStateError" ? said.dataset.known : said.dataset.failed);
    button.disabled = false;
  }
}

for (const form of window.PublicKeyCredential ? document.querySelectorAll("form[data-passkey]") : []) {
  const button = form.querySelector("[data-passkey-button]");
  const said = form.querySelector("[data-passkey-said]");
  form.querySelector("[data-passkey-without]")?.remove();
  button.hidden = false;
  button.addEventListener("click", () => give(form, button, said));
}
