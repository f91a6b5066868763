export function make(tag, properties = {}, children = []) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Does something on a platform: what there is to say about it. */
export async function act(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { how, status, error } = await response.json();
  if (error !== undefined) return { text: `Not done: ${error}`, failed: true };
  const refused = status !== undefined && status >= 300;
  // Over a socket nobody answers.
  return { text: `ada ${how}${status === undefined ? '' : ` → hub: ${status}`}`, failed: refused };
}

/** Changes a part of the page without taking the focus away from what has the same key afterwards. */
export function keepingFocus(change) {
  const focused = document.activeElement;
  const key = focused?.dataset?.key;
  change();
  if (key === undefined || document.activeElement === focused) return;
  document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}
