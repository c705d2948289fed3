// Short messages at the corner: toast("Deleted."), toast("That failed: ...", "error").
const SECONDS = { error: 15, success: 5, info: 5 };

export function toast(text, kind = "info") {
  const box = document.createElement("div");
  box.className = `toast ${kind}`;
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "icon-button";
  close.ariaLabel = "Close";
  close.textContent = "×";
  close.addEventListener("click", () => box.remove());
  box.append(words, close);
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), SECONDS[kind] * 1000);
}
