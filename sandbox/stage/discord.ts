import type { DiscordStandIn } from '../discord/index.ts';
import type { Control, Form, Stage } from './stage.ts';
import { controlOf, lastOfBot, ownMessage, pressing } from './stage.ts';

const ME = 'Ada';
const STOP = '🛑';
const BOT = '@Switchboard';

export function discordStage(discord: DiscordStandIn): Stage {
  const mention = `<@${discord.bot}>`;
  const shown = shownIn(discord, mention);
  const react: Stage['react'] = async (id, emoji) => {
    const me = discord.personId(ME);
    const there = reactionsOn(discord, id).some((one) => one.user === me && one.emoji === emoji);
    await discord.react(id, emoji, !there);
    return undefined;
  };
  return {
    name: 'discord',
    title: 'Discord',
    standIn: discord,
    shown,
    notices: () => [],
    say({ text, thread }) {
      const [, command, rest = ''] = /^\/([a-z-]+)(?:\s+([^]*))?$/.exec(text) ?? [];
      const where = thread === undefined ? {} : { thread };
      if (command === undefined) return discord.say({ text, ...where });
      return discord.command(command, { ...where, ...(rest !== '' && { text: rest }) });
    },
    async edit(id, text) {
      const { text: before } = ownMessage(shown(), id);
      await discord.edit(id, before.startsWith(BOT) ? `${mention} ${text}` : text);
      return undefined;
    },
    async remove(id) {
      await discord.remove(ownMessage(shown(), id).id);
      return undefined;
    },
    emoji: ['👍', '👎', STOP, '🔁'],
    react,
    async press(on, id, value) {
      const control = controlOf(shown(), on, id);
      const isButton = control.options.length === 0;
      const done = await (isButton ? discord.click(on, id) : discord.choose(on, id, value ?? ''));
      if (done.failed) throw new Error('Discord shows “This interaction failed”');
      return { how: pressing(control, isButton ? undefined : value), status: done.status };
    },
    async stop(thread) {
      const answer = lastOfBot(shown(thread));
      if (answer === undefined) {
        await discord.say({ text: 'stop', thread });
        return { how: `writes “${BOT} stop”`, status: undefined };
      }
      return { how: `reacts with ${STOP} to the answer`, status: await react(answer.id, STOP) };
    },
    form: () => formOf(discord),
    async submit(values) {
      const done = await discord.submit(values);
      if (done.failed) throw new Error('Discord shows “Something went wrong”');
      return done.status;
    },
  };
}

const reactionsOn = (discord: DiscordStandIn, id: string) => discord.reactions.filter(({ message }) => message === id);

function shownIn(discord: DiscordStandIn, mention: string): Stage['shown'] {
  return (thread) => {
    const forAll = new Set(discord.visible(thread).map(({ id }) => id));
    return discord.seenBy(ME, thread).map((message) => ({
      ...message,
      text: message.text.replaceAll(mention, BOT),
      isOwn: message.author === ME,
      isPrivate: !forAll.has(message.id),
      controls: controlsOn(discord, message.id),
      reactions: reactionsOn(discord, message.id).map(({ emoji }) => emoji),
    }));
  };
}

const controlsOn = (discord: DiscordStandIn, id: string): readonly Control[] =>
  (discord.card(id)?.controls ?? []).map(({ id, label, options }) => ({ id, label: label || 'Choose…', options }));

function formOf(discord: DiscordStandIn): Form | undefined {
  const open = discord.form(ME);
  if (open === undefined) return undefined;
  const inputs = open.inputs.map(({ id, label, value, required, lines }) => ({
    id,
    label,
    isLong: lines === 'many',
    isRequired: required,
    value,
  }));
  return { title: open.title, submit: 'Submit', inputs };
}
