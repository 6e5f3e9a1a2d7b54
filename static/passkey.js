// Asks the authenticator for a signature, or for a new key, and sends it with the form. Everything else on the page works without.
(() => {
  "use strict";
  const octets = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const form = document.getElementById("passkey");
  const failed = document.getElementById("passkey-failed");
  if (!form) return;
  const ask = async (data) => {
    const challenge = octets(data.challenge);
    if (data.user) {
      return navigator.credentials.create({ publicKey: {
        challenge,
        rp: { id: data.party, name: data.party },
        user: { id: octets(data.user), name: data.name, displayName: data.name },
        pubKeyCredParams: [{ type: "public-key", alg: -7 }],
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        attestation: "none",
      } });
    }
    return navigator.credentials.get({ publicKey: { challenge, rpId: data.party, userVerification: "required" } });
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const { id, response } = await ask(form.dataset);
      form.elements.passkey.value = id;
      form.elements.client_data.value = text(response.clientDataJSON);
      form.elements.authenticator_data.value = text(response.getAuthenticatorData ? response.getAuthenticatorData() : response.authenticatorData);
      if (response.signature) form.elements.signature.value = text(response.signature);
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
})();
