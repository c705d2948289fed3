// fetch() to the console itself: with the session's token, and errors in the server's words.
export const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

export class RequestError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// Returns the response; throws a RequestError with words for people. Leads to the sign-in page if the session is over.
export async function request(url, { method = "GET", headers = {}, ...more } = {}) {
  let response;
  try {
    response = await fetch(url, { method, headers: { "X-CSRF-Token": csrfToken(), ...headers }, ...more });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RequestError(0, "Onlooker does not answer. Check your connection, then try again.");
  }
  if (response.ok) return response;
  const signIn = response.headers.get("HX-Redirect");
  if (signIn) location.assign(signIn);
  throw new RequestError(response.status, errorText(await response.text()) || `The answer was ${response.status}.`);
}

// What HTML says, as a document of its own: nothing in it runs or is loaded.
export const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

// The words in an error page or fragment of the console.
export function errorText(html) {
  return (parsed(html).querySelector(".note-error p, main p")?.textContent ?? "").trim();
}
