import type { StoredMessage } from '../db/mailbox.ts';
import type { NewControl } from '../db/posts.ts';
import type { Card } from '../model/card.ts';
import { COMMANDS, commandOf, type CommandCall, type CommandName } from '../model/commands.ts';
import { Failure } from '../model/failure.ts';
import type { Policy } from '../model/policy.ts';
import type { Agent, TurnContext } from './agent.ts';
import { link, unlink } from './link.ts';
import { forget, instructions, memoryFields } from './memory-commands.ts';
import { usedFields } from './used.ts';
import type { Spoken } from './record.ts';

type Given = {
  readonly agent: Agent;
  readonly context: TurnContext;
  readonly message: StoredMessage;
  readonly call: CommandCall;
};
/** What there is to say: words, or a card, with what its buttons mean. */
type Obeyed = string | Card | { readonly card: Card; readonly controls: readonly NewControl[] };
type Obey = (given: Given) => Promise<Obeyed>;

/** Does what a command says, and what there is to say about it. A command that is begun again is done again. */
export async function obey(
  agent: Agent,
  context: TurnContext,
  message: StoredMessage | undefined,
  call: CommandCall,
): Promise<Spoken> {
  if (message === undefined) throw new Failure('invalid', 'a command without a message');
  const known = commandOf(call.name);
  const given = { agent, context, message, call };
  const said =
    known === undefined ? await help(given, `There is no command \`/${call.name}\`.`) : await OBEY[known.name](given);
  if (typeof said === 'string') return { text: said, steps: [] };
  return { text: '', steps: [], ...('card' in said ? said : { card: said }) };
}

const OBEY: Readonly<Record<CommandName, Obey>> = {
  ask: (given) => help(given, 'Write your question behind the command: `/ask why is the sky blue?`'),
  help: (given) => help(given, ''),
  async stop(given) {
    const { agent, context, message } = given;
    const { here, elsewhere } = await agent.deeds.stop(context.organization, spotOf(given), message.authorName);
    if (here + elsewhere === 0) return 'Nothing is being answered here.';
    // In its own thread the answer says already that it was stopped; a command is always told something.
    return elsewhere === 0 && message.why !== 'command' ? '' : 'Stopped.';
  },
  async retry(given) {
    const found = await given.agent.deeds.again(given.context.organization, spotOf(given));
    return found
      ? 'I answer the last question again, in its place.'
      : 'There is no answer of the last day here that could be given again.';
  },
  async new({ agent, context }) {
    await agent.deeds.forget(context.organization, context.mailbox.lease.thread);
    return 'This is a new conversation: I do not remember what was said here before.';
  },
  async usage(given) {
    const used = await given.agent.deeds.used(given.context.organization, spotOf(given));
    const fields = usedFields(used);
    return { title: 'What answers have used', text: '', fields, image: undefined, controls: [] };
  },
  async settings({ agent, context, message }) {
    const remembered = await memoryFields({ agent, context, message });
    const { app, install, policy } = context.mailbox;
    const [person] = await agent.deeds.people.known(context.organization, { app, install }, [message.authorId]);
    const told = [person?.name || message.authorName, person?.locale, person?.timeZone];
    const you = { label: 'What I know of you', value: told.filter((one) => one).join(', ') };
    const fields = [...settingsOf(policy), you, ...remembered.fields];
    const { controls } = remembered;
    const card = { title: 'How I behave here', text: SETTINGS, fields, image: undefined, controls };
    return { card, controls: remembered.buttons };
  },
  forget: ({ agent, context, message, call }) => forget({ agent, context, message }, call.text),
  instructions: ({ agent, context, message, call }) => instructions({ agent, context, message }, call.text),
  link: ({ agent, context, message, call }) => link(agent, context, message, call.text),
  unlink: ({ agent, context, message }) => unlink(agent, context, message),
  async pick(given) {
    const { agent, context, message, call } = given;
    const { app, install, channel, person } = spotOf(given);
    // Where a choice is offered in words, the chosen value follows the code.
    const [id = ''] = call.text.split(/\s+/);
    const click = { id, app, install, channel, person, isFilledIn: true, at: message.receivedAt };
    const pressed = await agent.deeds.press(context.organization, click, { by: message.authorName, comment: null });
    if (pressed === undefined) return 'That answer is just being ended. Say it once more, please.';
    return pressed.kind === 'refused' ? pressed.reason : 'Done.';
  },
};

const SETTINGS = [
  'An admin of this bot can change this for the organization, the workspace and the channel.',
  'What is to be kept in mind you set yourself: `/instructions be brief`, for this channel `/instructions channel: …`; `forget` and a number, or `forget everything`, takes it away.',
].join('\n\n');

function spotOf({ context: { mailbox }, message }: Given) {
  const { app, install, channel, lease } = mailbox;
  return { app, thread: lease.thread, install, channel, person: message.authorId };
}

async function help({ agent }: Pick<Given, 'agent'>, first: string): Promise<Card> {
  const { name } = agent.persona;
  const how = `Ask me by mentioning me or in a direct message. I follow a conversation in which I take part.`;
  const listed = COMMANDS.filter((command) => command.listed);
  const fields = listed.map(({ name: word, argument, summary }) => ({
    label: `/${word}${argument === undefined ? '' : ` ${argument.name}`}`,
    value: summary,
  }));
  const more =
    'I remember what you want me to: say so, or `/instructions be brief`. `settings` shows it, `forget everything` takes it away.';
  const text = [first, how, more, 'Where there are no slash commands, name me and say the word: `stop`.'];
  return { title: name, text: text.filter((line) => line !== '').join('\n\n'), fields, image: undefined, controls: [] };
}

const ANSWERS: Readonly<Record<Policy['answer'], string>> = {
  mention: 'only when I am named',
  'follow-ups': 'when I am named, and what follows in a conversation with me',
  questions: 'when I am named, what follows, and what looks like a question',
  all: 'everything',
};
const OVERLAPS: Readonly<Record<Policy['overlap'], string>> = {
  queue: 'one after the other',
  merge: 'together, when the answer before is done',
  steer: 'taken into the answer that is being written',
  interrupt: 'the answer that is being written is stopped for them',
};

function settingsOf(policy: Policy): Card['fields'] {
  const { answer, overlap, edits, quiet, control, reactions } = policy;
  return [
    { label: 'I answer', value: ANSWERS[answer] },
    { label: 'Messages while I write', value: OVERLAPS[overlap] },
    { label: 'A question that is edited', value: edits === 'keep' ? 'keeps its answer' : 'is answered again' },
    { label: 'Quiet hours', value: quiet === null ? 'none' : `${quiet.from} to ${quiet.to} (${quiet.timeZone})` },
    { label: 'Who may stop an answer', value: control === 'asker' ? 'who asked' : 'anyone here' },
    {
      label: 'Reactions',
      value:
        Object.entries(reactions)
          .map(([emoji, wish]) => `${emoji} ${wish}`)
          .join(', ') || 'none',
    },
  ];
}
