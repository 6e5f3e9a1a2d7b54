// Answers a service's question whether the browser's logins are still those it knows (Session
// Management 1.0, section 3.2). The cookie is read anew each time; it names nothing.
addEventListener("message", async (event) => {
  if (typeof event.data !== "string" || event.source === null) return;
  const answer = (text) => event.source.postMessage(text, event.origin);
  const [client, state, rest] = event.data.split(" ");
  const [digest, salt] = (state ?? "").split(".");
  if (!client || !digest || !salt || rest !== undefined || !event.origin.startsWith("http")) return answer("error");
  const cookie = document.cookie.split("; ").find((each) => each.startsWith("__Host-varco_state="));
  const text = [client, event.origin, cookie?.split("=")[1] ?? "", salt].join(" ");
  const octets = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const own = btoa(String.fromCharCode(...octets)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  answer(own === digest ? "unchanged" : "changed");
});
