// What has become of all of them: a title, a bar, figures, and what can be done about it. Drawn once a frame.
import { count, size } from "./names.js";
import { grouped } from "./rows.js";

export function summary(section, items) {
  const find = (name) => section.querySelector(`[data-${name}]`);
  const [title, figures, bar, announced] = ["title", "figures", "bar", "announce"].map(find);
  const [again, cancel, clear, see] = ["again", "cancel", "clear", "see"].map(find);
  const list = find("list");
  const chips = [...section.querySelectorAll("button[data-show]")];
  let left = 0; // files that were left out of folders
  let planned = false;
  let wasActive = false;

  for (const chip of chips) chip.addEventListener("click", () => show(chip.dataset.show));

  function show(name) {
    list.dataset.show = name;
    for (const chip of chips) chip.ariaPressed = String(chip.dataset.show === name);
  }

  function draw() {
    planned = false;
    const groups = { all: items.size, active: 0, problem: 0, done: 0 };
    const states = {};
    let [bytes, sent] = [0, 0];
    for (const item of items) {
      const group = grouped(item);
      groups[group]++;
      states[item.state] = (states[item.state] ?? 0) + 1;
      if (group === "problem") continue;
      bytes += item.file.size;
      sent += item.sent;
    }
    for (const chip of chips) {
      chip.querySelector(".chip-count").textContent = groups[chip.dataset.show];
      chip.hidden = chip.dataset.show !== "all" && !groups[chip.dataset.show];
      if (chip.hidden && chip.ariaPressed === "true") show("all");
    }
    const active = groups.active > 0;
    const seen = (states.recognized ?? 0) + (states.failed ?? 0);
    const followed = seen + (states.stored ?? 0);
    section.hidden = !groups.all && !left;
    title.textContent = words(groups, active);
    figures.textContent = details({ groups, bytes, sent, active, seen, followed });
    bar.value = active ? sent / Math.max(bytes, 1) : seen / Math.max(followed, 1);
    bar.ariaLabel = active ? "Uploaded" : "Recognized";
    bar.hidden = !active && seen === followed;
    const retried = (states.trouble ?? 0) + (states.cancelled ?? 0);
    again.hidden = !retried;
    again.querySelector("span").textContent = `Try ${count(retried, "file")} again`;
    cancel.hidden = !active;
    clear.hidden = active;
    see.hidden = active || !groups.done;
    if (wasActive && !active) announced.textContent = title.textContent;
    wasActive = active;
  }

  function words(groups, active) {
    if (active) return `Uploading ${count(groups.active + groups.done, "file")}`;
    if (groups.problem && !groups.done) return `${count(groups.problem, "file")} not uploaded`;
    if (groups.problem) return `${count(groups.done, "picture")} uploaded, ${groups.problem} not`;
    return groups.done ? `${count(groups.done, "picture")} uploaded` : "No pictures to upload";
  }

  function details({ groups, bytes, sent, active, seen, followed }) {
    return [
      active ? `${size(sent)} of ${size(bytes)}` : "",
      active && groups.done ? `${groups.done} uploaded` : "",
      active && groups.problem ? `${groups.problem} not uploaded` : "",
      seen < followed && (seen || !active) ? `${seen} of ${followed} recognized` : seen && !active ? "all recognized" : "",
      left ? `${count(left, "other file")} left out: no pictures by their names` : "",
    ].filter(Boolean).join(" · ");
  }

  return {
    changed() {
      if (!planned) requestAnimationFrame(draw);
      planned = true;
    },
    leftOut(number) {
      left += number;
      this.changed();
    },
    cleared() {
      left = 0;
      this.changed();
    },
  };
}
