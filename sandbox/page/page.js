import { act, keepingFocus, make } from './dom.js';
import { drawControls, drawEditor, drawMessage } from './message.js';

const platforms = document.querySelector('#platforms');
const sections = new Map();

function openSection({ name, title, emoji }) {
  const parts = {
    list: make('ol', { ariaLabel: `Messages on ${title}`, ariaLive: 'polite', tabIndex: 0 }),
    notices: make('div', { className: 'notices' }),
    calls: make('div', { className: 'calls' }),
    done: make('p', { className: 'done', role: 'status' }),
    input: make('input', { ariaLabel: `Message on ${title}`, autocomplete: 'off' }),
    thread: make('button', { type: 'button', className: 'thread', hidden: true }),
    stop: make('button', {
      type: 'button',
      className: 'stop',
      textContent: 'Stop',
      title: `Stop the answer on ${title}`,
    }),
    dialog: make('dialog'),
  };
  const section = {
    ...parts,
    name,
    title,
    drawn: new Map(),
    editing: undefined,
    newest: undefined,
    target: undefined,
    atEnd: true,
  };
  const deeds = doingIn(section, emoji);
  const form = make('form', {}, [parts.input, make('button', { textContent: 'Send' })]);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = parts.input.value.trim();
    if (text === '') return;
    parts.input.value = '';
    void deeds.perform('/say', { text, ...(section.target !== undefined && { thread: section.target.thread }) });
  });
  parts.stop.addEventListener('click', () => void deeds.perform('/stop', { thread: section.newest }));
  parts.thread.addEventListener('click', () => {
    deeds.reply(undefined);
    parts.input.focus();
  });
  parts.list.addEventListener('scroll', () => {
    const { scrollHeight, scrollTop, clientHeight } = parts.list;
    section.atEnd = scrollHeight - scrollTop - clientHeight < 40;
  });
  deeds.reply(undefined);
  const { list, notices, done, calls, thread, dialog } = parts;
  platforms.append(
    make('section', { ariaLabel: title }, [
      make('div', { className: 'head' }, [make('h2', { textContent: title }), parts.stop]),
      list,
      notices,
      done,
      calls,
      thread,
      form,
      dialog,
    ]),
  );
  return { section, deeds };
}

/** What can be done in a section. */
function doingIn(section, emoji) {
  const perform = async (path, body) => {
    const { text, failed } = await act(path, { platform: section.name, ...body });
    section.done.textContent = text;
    section.done.classList.toggle('failed', failed);
    await refresh();
  };
  const edit = (message) => {
    section.editing = message;
    const { id } = message;
    const leave = (key) => {
      section.editing = undefined;
      section.drawn
        .get(id)
        ?.item.replaceWith((section.drawn.get(id).item = drawMessage(section.drawn.get(id).message, deeds)));
      document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
    };
    const save = async (id, text) => {
      leave(`${id} edit`);
      if (text !== '') await perform('/edit', { id, text });
    };
    const editor = drawEditor(message, { save, leave: () => leave(`${id} edit`) });
    section.drawn.get(id).item.replaceWith(editor);
    section.drawn.get(id).item = editor;
    editor.querySelector('textarea').focus();
  };
  const deeds = {
    emoji,
    perform,
    edit,
    press: (id, control, value) => void perform('/press', { id, control, value }),
    react: (id, one) => void perform('/react', { id, emoji: one }),
    remove: (id) => void perform('/remove', { id }),
    reply(message) {
      section.target = message;
      section.thread.hidden = message === undefined;
      section.thread.textContent = `In the conversation of “${message?.text.slice(0, 40) ?? ''}” ✕`;
      section.thread.title = 'Begin a new conversation instead';
      section.input.placeholder = message === undefined ? 'Mention the bot…' : 'Go on…';
      if (message !== undefined) section.input.focus();
    },
  };
  return deeds;
}

function show(state) {
  const { section, deeds } = sections.get(state.name);
  const last = state.calls.at(-1);
  section.calls.textContent = last === undefined ? 'no calls yet' : `${last.call} → ${last.status}`;
  section.newest = state.messages.findLast(({ isOwn }) => isOwn)?.thread;
  section.stop.disabled = section.newest === undefined;
  keepingFocus(() => {
    showNotices(section, state.notices, deeds);
    showMessages(section, state.messages, deeds);
  });
  showForm(section, state.form, deeds);
}

function showNotices(section, notices, deeds) {
  const state = JSON.stringify(notices);
  if (state === section.noticed) return;
  section.noticed = state;
  section.notices.replaceChildren(
    ...notices.map(({ id, title, text, controls }) =>
      make('div', {}, [
        make('p', { textContent: text === '' ? title : `${title} · ${text}` }),
        drawControls(id, controls, deeds.press),
      ]),
    ),
  );
}

/** Only what has changed is drawn anew; what is being edited stays. */
function showMessages(section, messages, deeds) {
  const { list, drawn } = section;
  for (const message of messages) {
    const state = JSON.stringify(message);
    const known = drawn.get(message.id);
    if (known?.state === state) continue;
    if (section.editing?.id === message.id) {
      Object.assign(known, { state, message });
      continue;
    }
    const item = drawMessage(message, deeds);
    if (known === undefined) list.append(item);
    else known.item.replaceWith(item);
    drawn.set(message.id, { state, message, item });
  }
  const here = new Set(messages.map(({ id }) => id));
  for (const [id, { item }] of drawn) {
    if (here.has(id)) continue;
    item.remove();
    drawn.delete(id);
  }
  list.classList.toggle('empty', drawn.size === 0);
  // Whoever reads further up is left there.
  if (section.atEnd) list.scrollTop = list.scrollHeight;
}

/** A form that the bot opened, until it is sent or put away. */
function showForm(section, form, deeds) {
  const state = JSON.stringify(form);
  if (state === section.formed) return;
  section.formed = state;
  const { dialog } = section;
  if (form === undefined) {
    dialog.close();
    return;
  }
  const fields = form.inputs.map(({ id, label, isLong, isRequired, value }) => {
    const field = make(isLong ? 'textarea' : 'input', { name: id, value, required: isRequired });
    return make('label', {}, [isRequired ? label : `${label} (optional)`, field]);
  });
  const buttons = [
    make('button', { textContent: form.submit }),
    make('button', { type: 'button', className: 'quiet', textContent: 'Cancel', onclick: () => dialog.close() }),
  ];
  const filled = make('form', { method: 'dialog' }, [...fields, make('div', { className: 'controls' }, buttons)]);
  filled.addEventListener('submit', () => {
    void deeds.perform('/submit', { values: Object.fromEntries(new FormData(filled)) });
  });
  dialog.replaceChildren(make('h3', { textContent: form.title }), filled);
  if (!dialog.open) dialog.showModal();
}

async function refresh() {
  const response = await fetch('/state');
  const states = await response.json();
  // All columns are there before the first is filled: they share the width.
  for (const state of states) if (!sections.has(state.name)) sections.set(state.name, openSection(state));
  states.forEach(show);
}

async function follow() {
  // A sandbox that is being restarted is asked again.
  await refresh().catch(() => {});
  setTimeout(() => void follow(), 250);
}
void follow();
