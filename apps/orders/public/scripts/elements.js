/** Makes an element with properties and children. Text becomes text, whatever is in it: never markup. */
export function element(name, properties, ...children) {
  const made = document.createElement(name);
  Object.assign(made, properties);
  made.append(...children);
  return made;
}

/** Changes an element's text only where it is another one: a live region is then read out only when it has news. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** The time of day of a timestamp, with tenths of seconds. */
export function formatTime(timestamp) {
  const time = new Date(timestamp);
  return `${time.toLocaleTimeString([], { hour12: false })}.${Math.floor(time.getMilliseconds() / 100)}`;
}
