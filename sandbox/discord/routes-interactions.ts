import { EPHEMERAL, LOADING, takeCallback } from './callbacks.ts';
import type { Desk, Interaction } from './desk.ts';
import { readCreation } from './message-body.ts';
import type { Answer, Request, Route } from './route.ts';
import { done, refusal, unknownMessage } from './route.ts';
import { edit } from './routes-messages.ts';
import { messageJson } from './shapes.ts';
import type { Message } from './world.ts';

type Alive = (use: (interaction: Interaction, request: Request) => Answer) => Route['handle'];

/** Answers to interactions: the first one, where it does not go with the response, and all others by the token. */
export function interactionRoutes(desk: Desk): readonly Route[] {
  const { world, known } = desk;
  const alive: Alive = (use) => (request) => {
    const interaction = known.get(request.params['token'] ?? '');
    if (interaction?.answered === undefined || request.params['app'] !== world.bot.id) {
      return refusal(404, 10_015, 'Unknown Webhook');
    }
    if (interaction.endsAt < Date.now()) return refusal(401, 50_027, 'Invalid Webhook Token');
    return use(interaction, request);
  };
  return [
    {
      method: 'POST',
      pattern: '/interactions/:i/:token/callback',
      open: true,
      handle({ params, body }) {
        const interaction = known.get(params['token'] ?? '');
        if (interaction === undefined || interaction.id !== params['i']) {
          return refusal(404, 10_062, 'Unknown interaction');
        }
        const answer = typeof body === 'object' && body !== null ? { ...body } : undefined;
        return takeCallback(desk, interaction, answer) ?? { status: 204, about: interaction.id };
      },
    },
    {
      method: 'POST',
      pattern: '/webhooks/:app/:token',
      open: true,
      handle: alive((interaction, request) => followUp(desk, interaction, request)),
    },
    ...answerRoutes(desk, alive),
  ];
}

/** The messages that answer an interaction, the first of them as `@original`. */
function answerRoutes({ world, speech }: Desk, alive: Alive): readonly Route[] {
  const shared = { pattern: '/webhooks/:app/:token/messages/:m', open: true };
  const onMessage = (use: (message: Message, request: Request) => Answer): Route['handle'] =>
    alive((interaction, request) => {
      const named = request.params['m'] ?? '';
      const message = named === '@original' ? interaction.original : world.messages.get(named);
      const own = named === '@original' || message?.interaction === interaction.id;
      return message !== undefined && own && world.messages.has(message.id) ? use(message, request) : unknownMessage();
    });
  return [
    { ...shared, method: 'GET', handle: onMessage((message) => done(message, messageJson(world, message))) },
    {
      ...shared,
      method: 'PATCH',
      handle: onMessage((message, request) => {
        const answer = edit(world, speech, message, request);
        if (answer.status < 400) message.flags &= ~LOADING;
        return answer.status < 400 ? done(message, messageJson(world, message)) : answer;
      }),
    },
    {
      ...shared,
      method: 'DELETE',
      handle: onMessage((message) => {
        speech.remove(message);
        return { status: 204, about: message.id };
      }),
    },
  ];
}

/**
 * A further message. No nonce counts here: sent twice, it is there twice. The first one after an announced answer takes
 * its place, for whoever sees that (docs: Create Followup Message).
 */
function followUp({ world, speech }: Desk, interaction: Interaction, request: Request): Answer {
  const said = readCreation(world, request);
  if (said.problem !== undefined) return said.problem;
  const { channel, id, original, user } = interaction;
  if (original !== undefined && (original.flags & LOADING) !== 0 && world.messages.has(original.id)) {
    const { called, ...changes } = said.parts;
    original.called = called;
    speech.change(original, { ...changes, flags: (original.flags & EPHEMERAL) | (said.given.flags & ~EPHEMERAL) });
    return done(original, messageJson(world, original));
  }
  const { flags } = said.given;
  const seenBy = (flags & EPHEMERAL) === 0 ? undefined : user.id;
  const made = speech.post({ channel, author: world.bot, flags, interaction: id, seenBy, ...said.parts });
  return done(made, messageJson(world, made));
}
