import type { GithubStandIn } from '../github/index.ts';
import type { Control, Deed, Notice, Stage } from './stage.ts';
import { controlOf, ownMessage, pressing } from './stage.ts';

const ME = 'ada';
const BOT = '@switchboard-dev';
/** The eight of GitHub that are offered here. */
const CONTENTS = new Map([
  ['👍', '+1'],
  ['👎', '-1'],
  ['👀', 'eyes'],
  ['🚀', 'rocket'],
]);
const EMOJI = new Map([...CONTENTS].map(([emoji, content]) => [content, emoji]));

export function githubStage(github: GithubStandIn): Stage {
  const reactionsOn = (id: string) => github.reactions.filter(({ on }) => on === `comment ${id}`);
  const shown: Stage['shown'] = (thread) =>
    github.visible(thread).map((message) => ({
      ...message,
      text: message.text.replaceAll(HIDDEN, ''),
      isOwn: message.author === ME,
      isPrivate: false,
      controls: message.fromBot ? controlsIn(message.text) : [],
      reactions: reactionsOn(message.id).map(({ content }) => EMOJI.get(content) ?? content),
    }));
  const notices = () => noticesOf(github);
  return {
    name: 'github',
    title: 'GitHub',
    standIn: github,
    shown,
    notices,
    say: (said) => github.say(said),
    async edit(id, text) {
      const { text: before } = ownMessage(shown(), id);
      return (await github.edit(id, before.startsWith(BOT) ? `${BOT} ${text}` : text)).status;
    },
    remove: async (id) => (await github.remove(ownMessage(shown(), id).id)).status,
    emoji: [...CONTENTS.keys()],
    // GitHub tells no app of reactions: this one is seen by people alone.
    async react(id, emoji) {
      const content = CONTENTS.get(emoji) ?? emoji;
      github.reactAs(ME, `comment ${id}`, content);
      return undefined;
    },
    async press(on, id, value) {
      const notice = notices().find((one) => one.id === on);
      if (notice !== undefined) {
        const control = controlOf([notice], on, id);
        const { status } = await github.pressCheck(Number(on), control.id);
        return { how: `${pressing(control)} of the check run`, status };
      }
      const { options } = controlOf(shown(), on, id);
      const thread = shown().find((message) => message.id === on)?.thread ?? '';
      const text = options.length === 0 ? `pick ${id}` : `/pick ${id} ${value ?? ''}`;
      const { status } = await github.say({ text, thread });
      return { how: `comments “${BOT} ${text}”`, status };
    },
    stop: (thread) => stop(github, thread),
    form: () => undefined,
    submit: () => Promise.reject(new Error('GitHub has no forms')),
  };
}

async function stop(github: GithubStandIn, thread: string): Promise<Deed> {
  const open = noticesOf(github).find(({ controls }) => controls.some(({ id }) => id === 'Stop'));
  if (open !== undefined) {
    const { status } = await github.pressCheck(Number(open.id), 'Stop');
    return { how: 'presses [Stop] of the check run', status };
  }
  const { status } = await github.say({ text: 'stop', thread });
  return { how: `comments “${BOT} stop”`, status };
}

/** The newest check run. */
const noticesOf = (github: GithubStandIn): readonly Notice[] =>
  github
    .checkRuns()
    .slice(-1)
    .map(({ id, fields }) => noticeOf(String(id), fields));

/** How our own comments are found again; people do not see it. */
const HIDDEN = /\s*<!--[^]*?-->/g;

/** GitHub has no buttons: what is to be commented instead stands in the text, and is offered here as if it were one. */
export function controlsIn(text: string): readonly Control[] {
  const buttons = [...text.matchAll(/^- \*\*(.+?)\*\*: comment `@\S+ pick ([\w-]+)`$/gm)];
  const lists = [...text.matchAll(/^- \*\*(.+?)\*\*: comment one of these\n((?: {2}- .+(?:\n|$))+)/gm)];
  return [
    ...buttons.map(([, label = '', id = '']) => ({ id, label, options: [] })),
    ...lists.flatMap(([, label = '', lines = '']) => {
      const options = [...lines.matchAll(/^ {2}- (.+): `@\S+ \/pick ([\w-]+) (.+)`$/gm)];
      const id = options[0]?.[2];
      return id === undefined
        ? []
        : [{ id, label, options: options.map(([, label = '', , value = '']) => ({ label, value })) }];
    }),
  ];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function noticeOf(id: string, fields: Readonly<Record<string, unknown>>): Notice {
  const { name, status, conclusion, output, actions } = fields;
  const buttons = Array.isArray(actions) ? actions.filter(isObject).map(({ label }) => text(label)) : [];
  const rerun = status === 'completed' ? [{ id: 'rerun', label: 'Re-run', options: [] }] : [];
  return {
    id,
    title: `Check “${text(name)}”: ${text(conclusion) || text(status).replaceAll('_', ' ')}`,
    text: isObject(output) ? text(output['title']) : '',
    controls: [...buttons.map((label) => ({ id: label, label, options: [] })), ...rerun],
  };
}
