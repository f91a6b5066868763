import { make } from './dom.js';

/** A button that does something, found again by its key when its message is drawn anew. */
function button(key, label, title, onclick) {
  const element = make('button', { type: 'button', textContent: label, title, ariaLabel: title, onclick });
  element.dataset.key = key;
  return element;
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hour12: false });

/** Buttons and lists of a card or a notice. */
export function drawControls(on, controls, press) {
  return make(
    'div',
    { className: 'controls' },
    controls.map(({ id, label, options }) => {
      if (options.length === 0) return button(`${on} ${id}`, label, label, () => press(on, id));
      const first = make('option', { textContent: label, value: '', disabled: true, selected: true });
      const all = options.map((option) => make('option', { textContent: option.label, value: option.value }));
      const select = make('select', { ariaLabel: label }, [first, ...all]);
      select.dataset.key = `${on} ${id}`;
      // A list that is walked through by the keyboard changes with each key: only the button sends it.
      const send = button(`${on} ${id} send`, 'Choose', `Choose in ${label}`, () => {
        if (select.value !== '') press(on, id, select.value);
      });
      return make('span', { className: 'choice' }, [select, send]);
    }),
  );
}

/** What somebody can do with a message: react, go on below it, and with an own one change it or take it away. */
function drawTools(message, { emoji, react, reply, edit, remove }) {
  const { id, isOwn, isPrivate } = message;
  const tools = isPrivate
    ? []
    : [
        ...emoji.map((one) => button(`${id} ${one}`, one, `React with ${one}`, () => react(id, one))),
        button(`${id} reply`, 'Reply', 'Go on in this conversation', () => reply(message)),
      ];
  if (isOwn) {
    tools.push(button(`${id} edit`, 'Edit', 'Edit this message', () => edit(message)));
    tools.push(button(`${id} delete`, 'Delete', 'Delete this message', () => remove(id)));
  }
  return make('div', { className: 'tools' }, tools);
}

function counted(reactions) {
  const counts = new Map();
  for (const one of reactions) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].map(([one, count]) => (count > 1 ? `${one} ${count}` : one));
}

/** A message as a list item. */
export function drawMessage(message, doing) {
  const { id, author, text, edits, fromBot, isPrivate, controls, reactions, at } = message;
  const notes = [
    author,
    clock.format(new Date(at)),
    ...(edits > 0 ? [`edited ${edits}×`] : []),
    ...(isPrivate ? ['only you see this'] : []),
  ];
  const parts = [
    make('span', { className: 'who', textContent: notes.join(' · ') }),
    make('pre', { textContent: text === '' ? '…' : text }),
    ...(controls.length > 0 ? [drawControls(id, controls, doing.press)] : []),
    ...(reactions.length > 0
      ? [make('p', { className: 'reactions', textContent: counted(reactions).join('  ') })]
      : []),
    drawTools(message, doing),
  ];
  return make('li', { className: [fromBot ? 'bot' : '', isPrivate ? 'private' : ''].join(' ').trim() }, parts);
}

/** The message while its text is being changed. Enter saves, Escape leaves it as it was. */
export function drawEditor({ id, text }, { save, leave }) {
  const input = make('textarea', { value: text.replace(/^@\S+ /, ''), ariaLabel: 'The new text', rows: 3 });
  input.dataset.key = `${id} text`;
  const saved = () => save(id, input.value.trim());
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') leave();
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    saved();
  });
  const buttons = [
    button(`${id} save`, 'Save', 'Save the new text', saved),
    button(`${id} leave`, 'Cancel', 'Leave it as it was', leave),
  ];
  return make('li', { className: 'editing' }, [input, make('div', { className: 'controls' }, buttons)]);
}
