import { modal } from './components.ts';
import { formProblem } from './form-problem.ts';
import type { Desk, Interaction } from './desk.ts';
import { readChange, readCreation } from './message-body.ts';
import type { Answer } from './route.ts';
import { invalidForm, refusal } from './route.ts';
import type { Json } from './shapes.ts';

/** Docs, "Message Flags". */
export const EPHEMERAL = 64;
export const LOADING = 128;

/** Docs, "Interaction Type". */
export const TYPE = { command: 2, component: 3, form: 5 } as const;

type Callback = (desk: Desk, interaction: Interaction, data: unknown) => Answer | undefined;

/**
 * The first answer to an interaction, over HTTP or by a call (docs: "Interaction Callback Type").
 * @returns what is wrong with it; undefined: it was performed.
 */
export function takeCallback(desk: Desk, interaction: Interaction, answer: Json | undefined): Answer | undefined {
  const type = Number(answer?.['type']);
  const take = CALLBACKS.get(type);
  if (take === undefined) return invalidForm('type', 'BASE_TYPE_CHOICES', 'Value must be one of the callback types');
  if (interaction.answered !== undefined) {
    return refusal(400, 40_060, 'Interaction has already been acknowledged.');
  }
  const problem = take(desk, interaction, answer?.['data']);
  if (problem === undefined) interaction.answered = type;
  return problem;
}

const CALLBACKS: ReadonlyMap<number, Callback> = new Map<number, Callback>([
  [4, say],
  [5, announce],
  [6, take],
  [7, update],
  [8, () => undefined],
  [9, ask],
]);

function say({ world, speech }: Desk, interaction: Interaction, body: unknown): Answer | undefined {
  const said = readCreation(world, { body, files: new Map() });
  if (said.problem !== undefined) return said.problem;
  const { channel, id } = interaction;
  const { flags } = said.given;
  const seenBy = (flags & EPHEMERAL) === 0 ? undefined : interaction.user.id;
  interaction.original = speech.post({ channel, author: world.bot, flags, interaction: id, seenBy, ...said.parts });
  return undefined;
}

/** "Is thinking", for all or for the one who asked. */
function announce({ world, speech }: Desk, interaction: Interaction, data: unknown): Answer | undefined {
  const given = typeof data === 'object' && data !== null && 'flags' in data ? Number(data.flags) : 0;
  const hidden = given & EPHEMERAL;
  interaction.original = speech.post({
    channel: interaction.channel,
    author: world.bot,
    content: '',
    interaction: interaction.id,
    flags: LOADING | hidden,
    seenBy: hidden === 0 ? undefined : interaction.user.id,
  });
  return undefined;
}

/** What was clicked on stays as it is, for now. */
function take(_desk: Desk, interaction: Interaction): Answer | undefined {
  if (interaction.message === undefined) return onlyOfComponents();
  interaction.original = interaction.message;
  return undefined;
}

function update({ world, speech }: Desk, interaction: Interaction, body: unknown): Answer | undefined {
  const { message } = interaction;
  if (message === undefined) return onlyOfComponents();
  const changed = readChange(world, message, { body, files: new Map() });
  if (changed.problem !== undefined) return changed.problem;
  const { called: _called, ...changes } = changed.parts;
  speech.change(message, { ...changes, flags: changed.flags });
  interaction.original = message;
  return undefined;
}

const onlyOfComponents = (): Answer =>
  invalidForm('type', 'INTERACTION_CALLBACK_TYPE_INVALID', 'Only a component can be answered with this type');

/** A form; a form that was filled in cannot be answered with the next one. */
function ask({ forms }: Desk, { type, channel, user, message }: Interaction, data: unknown): Answer | undefined {
  if (type === TYPE.form) {
    return invalidForm('type', 'INTERACTION_CALLBACK_TYPE_INVALID', 'A form cannot be answered with a form');
  }
  const parsed = modal.safeParse(data);
  if (!parsed.success) return formProblem(parsed.error);
  forms.set(user.id, { modal: parsed.data, channel, message });
  return undefined;
}
