import type { Visible } from '../kit/stand-in.ts';
import { elementsOf, wordsOf } from '../slack/blocks.ts';
import type { SlackStandIn } from '../slack/index.ts';
import type { Control, Form, Stage } from './stage.ts';
import { controlOf, ownMessage, pressing } from './stage.ts';

const ME = 'ada';
/** Short names, as Slack has them for emoji. */
const NAMES = new Map([
  ['👍', '+1'],
  ['👎', '-1'],
  ['🛑', 'octagonal_sign'],
  ['🔁', 'repeat'],
  ['👀', 'eyes'],
]);
const EMOJI = new Map([...NAMES].map(([emoji, name]) => [name, emoji]));

export function slackStage(slack: SlackStandIn): Stage {
  const shown = shownIn(slack);
  return {
    name: 'slack',
    title: 'Slack',
    standIn: slack,
    shown,
    notices: () => [],
    say(said) {
      const [, command, text = ''] = /^(\/[a-z-]+)(?:\s+([^]*))?$/.exec(said.text) ?? [];
      return command === undefined ? slack.say(said) : slack.command(command, text);
    },
    async edit(id, text) {
      const { text: before } = ownMessage(shown(), id);
      return (await slack.edit(id, text, before.startsWith(MENTION))).status;
    },
    remove: async (id) => (await slack.remove(ownMessage(shown(), id).id)).status,
    emoji: ['👍', '👎', '🛑', '🔁'],
    async react(id, emoji) {
      const name = NAMES.get(emoji) ?? emoji;
      const remove = slack.reactionsOn(id)[name]?.includes(ME) === true;
      return (await slack.react(id, name, { remove })).status;
    },
    async press(on, id, value) {
      const control = controlOf(shown(), on, id);
      const isButton = control.options.length === 0;
      const { status } = await (isButton ? slack.click(on, id) : slack.choose(on, id, value ?? ''));
      return { how: pressing(control, isButton ? undefined : value), status };
    },
    async stop(thread) {
      if (slack.streamsIn(thread))
        return { how: 'presses Slack’s own Stop below the stream', status: (await slack.pressStop(thread)).status };
      const { status } = await slack.say({ text: 'stop', thread });
      return { how: 'writes “@switchboard stop”', status };
    },
    form: () => formOf(slack),
    submit: async (values) => (await slack.submit(values)).status,
  };
}

function shownIn(slack: SlackStandIn): Stage['shown'] {
  const shownAs = (message: Visible, isPrivate: boolean) => ({
    ...message,
    text: readable(wordsOf(slack.blocksOf(message.id)) || message.text, slack.botUser),
    isOwn: message.author === ME,
    isPrivate,
    controls: controlsOn(slack, message.id),
    reactions: Object.entries(slack.reactionsOn(message.id)).flatMap(([name, who]) =>
      who.map(() => EMOJI.get(name) ?? `:${name}:`),
    ),
  });
  return (thread) => {
    const whispers = slack.whispered(ME).map((one) => ({ ...one, author: 'switchboard', fromBot: true }));
    return [
      ...slack.visible(thread).map((message) => shownAs(message, false)),
      ...whispers
        .filter((one) => thread === undefined || one.thread === thread)
        .map((message) => shownAs(message, true)),
    ].toSorted((one, other) => one.at.getTime() - other.at.getTime());
  };
}

const MENTION = '@switchboard ';

/** As the client shows it. Docs: "Escaping text". */
const readable = (text: string, bot: string): string =>
  text.replaceAll(`<@${bot}>`, MENTION.trim()).replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

function controlsOn(slack: SlackStandIn, id: string): readonly Control[] {
  return elementsOf(slack.blocksOf(id)).map((element) =>
    element.type === 'button'
      ? { id: element.action_id, label: element.text.text, options: [] }
      : {
          id: element.action_id,
          label: element.placeholder?.text ?? 'Choose…',
          options: element.options.map(({ text, value }) => ({ label: text.text, value })),
        },
  );
}

function formOf(slack: SlackStandIn): Form | undefined {
  const open = slack.form();
  if (open === undefined) return undefined;
  const inputs = open.inputs.map(({ id, label, kind, optional, value }) => ({
    id,
    label,
    isLong: kind === 'paragraph',
    isRequired: !optional,
    value,
  }));
  return { title: open.title, submit: open.submit, inputs };
}
