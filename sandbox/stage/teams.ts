import type { Visible } from '../kit/stand-in.ts';
import { buttonsOf, choicesOf, wordsOf } from '../teams/cards.ts';
import type { TeamsStandIn } from '../teams/index.ts';
import type { Control, Stage } from './stage.ts';
import { controlOf, ownMessage, pressing } from './stage.ts';

const ME = 'ada';
/** Ids of reactions, as Teams' reference has them. */
const TYPES = new Map([
  ['👍', 'like'],
  ['👎', 'no'],
  ['🛑', 'stopsign'],
  ['🔁', '1f501_repeat'],
  ['👀', '1f440_eyes'],
]);
const EMOJI = new Map([...TYPES].map(([emoji, type]) => [type, emoji]));

export function teamsStage(teams: TeamsStandIn): Stage {
  const shownAs = (message: Visible, isPrivate: boolean) => ({
    ...message,
    text: textOf(teams, message.id),
    isOwn: message.author === ME,
    isPrivate,
    controls: controlsOn(teams, message.id),
    reactions: [...teams.reactionsOn(message.id), ...teams.reactionsBy(ME, message.id)].map(
      (type) => EMOJI.get(type) ?? type,
    ),
  });
  const shown: Stage['shown'] = (thread) =>
    [
      ...teams.visible(thread).map((message) => shownAs(message, false)),
      ...teams
        .whispered(ME)
        .filter((message) => thread === undefined || message.thread === thread)
        .map((message) => shownAs(message, true)),
    ].toSorted((one, other) => Number(one.id) - Number(other.id));
  return {
    name: 'teams',
    title: 'Teams',
    standIn: teams,
    shown,
    notices: () => [],
    say: (said) => teams.say(said),
    edit: async (id, text) => (await teams.edit(ownMessage(shown(), id).id, text)).status,
    remove: async (id) => (await teams.remove(ownMessage(shown(), id).id)).status,
    emoji: ['👍', '👎', '🛑', '🔁'],
    async react(id, emoji) {
      const type = TYPES.get(emoji) ?? emoji;
      const remove = teams.reactionsBy(ME, id).includes(type);
      return (await teams.react(id, type, { remove })).status;
    },
    async press(on, id, value) {
      const control = controlOf(shown(), on, id);
      const isButton = control.options.length === 0;
      const { status } = await (isButton ? teams.click(on, control.label) : teams.choose(on, id, value ?? ''));
      return { how: pressing(control, isButton ? undefined : value), status };
    },
    async stop(thread) {
      const { status } = await teams.say({ text: 'stop', thread, plain: true });
      return { how: 'writes “stop”', status };
    },
    form() {
      const open = teams.dialog(ME);
      if (open === undefined || open.questions.length === 0) return undefined;
      const inputs = open.questions.map(({ id, label, required, value }) => ({
        id,
        label,
        isLong: true,
        isRequired: required,
        value,
      }));
      return { title: open.title, submit: 'Send', inputs };
    },
    submit: async (values) => (await teams.fillIn(values)).status,
  };
}

/** A mention is a tag, and no part of the text. */
function textOf(teams: TeamsStandIn, id: string): string {
  const { text, named } = teams.told(id);
  const card = teams.card(id);
  const words = card === undefined ? '' : wordsOf({ ...card, actions: [] });
  return [named ? `@Switchboard ${text}` : text, words].filter((one) => one !== '').join('\n');
}

function controlsOn(teams: TeamsStandIn, id: string): readonly Control[] {
  const card = teams.card(id) ?? {};
  const choices = choicesOf(card).map(({ id, label, values }) => ({
    id,
    label,
    options: values.map((value) => ({ label: value, value })),
  }));
  return [...choices, ...buttonsOf(card).map(({ title }) => ({ id: title, label: title, options: [] }))];
}
