const platforms = document.querySelector('#platforms');
const sections = new Map();

function make(tag, properties = {}, children = []) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const titles = { slack: 'Slack', discord: 'Discord', teams: 'Teams', github: 'GitHub' };

/** As a person sees it: hidden comments are not shown. */
const visible = (text) => text.replaceAll(/\s*<!--[^]*?-->/g, '');

function openSection(name) {
  const title = titles[name] ?? name;
  const list = make('ol');
  const calls = make('div', { className: 'calls' });
  const input = make('input', {
    placeholder: `Mention the bot on ${title}…`,
    ariaLabel: `Message on ${title}`,
    autocomplete: 'off',
  });
  const form = make('form', {}, [input, make('button', { textContent: 'Send' })]);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '') return;
    input.value = '';
    await fetch('/say', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ platform: name, text }),
    });
    await refresh();
  });
  platforms.append(make('section', {}, [make('h2', { textContent: title }), list, calls, form]));
  return { list, calls, shown: '' };
}

function show({ name, messages, calls }) {
  const section = sections.get(name) ?? openSection(name);
  sections.set(name, section);
  const last = calls.at(-1);
  section.calls.textContent = last === undefined ? 'no calls yet' : `${last.call} → ${last.status}`;
  const state = JSON.stringify(messages);
  if (state === section.shown) return;
  section.shown = state;
  const items = messages.map((message) => {
    const who = `${message.author}${message.edits > 0 ? ` · edited ${message.edits}×` : ''}`;
    return make('li', { className: message.fromBot ? 'bot' : '' }, [
      make('span', { className: 'who', textContent: who }),
      make('pre', { textContent: visible(message.text) }),
    ]);
  });
  section.list.replaceChildren(
    ...(items.length > 0 ? items : [make('li', { className: 'empty', textContent: 'Nobody has said anything yet.' })]),
  );
  section.list.scrollTop = section.list.scrollHeight;
}

async function refresh() {
  const response = await fetch('/state');
  for (const state of await response.json()) show(state);
}

async function follow() {
  // A sandbox that is being restarted is asked again.
  await refresh().catch(() => {});
  setTimeout(() => void follow(), 250);
}
void follow();
