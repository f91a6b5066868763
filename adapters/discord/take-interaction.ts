import type { Received } from '../../src/model/adapter.ts';
import type { Event } from '../../src/model/event.ts';
import { accept } from '../kit/response.ts';
import type { Bot } from './bot.ts';
import type { Client } from './client.ts';
import { interaction } from './payload.ts';
import type { DiscordInteraction } from './payload.ts';
import { readInteraction } from './read-interaction.ts';
import { renderForm } from './render-form.ts';

/** What an interaction means that came over the gateway. */
export type Taken = { readonly id: string; readonly events: readonly Event[]; readonly click?: Received['click'] };

export type Taking = {
  /** Undefined: it means nothing, or is none. */
  readonly take: (data: unknown) => Taken | undefined;
  /** Acknowledges what waits for a form still. */
  readonly close: () => void;
};

/** Milliseconds: Discord waits three seconds for the first answer to an interaction. */
const CALLBACK_WITHIN_MS = 3_000;
/** So long a form may be asked for, before a click is acknowledged without one. */
const FORM_WITHIN_MS = 2_000;

/**
 * Interactions come over the gateway where no endpoint is set in the developer portal, as for a hub without a public
 * address. The first answer is then a call of its own, which nothing here waits for: too late, the person is told by
 * Discord, and what was said is kept all the same.
 */
export function openTaking(client: Client, bot: Bot): Taking {
  const waiting = new Set<() => void>();
  const answer = (given: DiscordInteraction, body: object, signal: AbortSignal): Promise<unknown> => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(CALLBACK_WITHIN_MS)]);
    return client.request({ method: 'POST', route: callbackOf(given), body, anonymous: true }, within);
  };
  const acknowledge = (given: DiscordInteraction, body: object): void => {
    answer(given, body, new AbortController().signal).catch(() => undefined);
  };
  /** The first answer is the only one: a form, or that the click was taken. */
  const opener = (given: DiscordInteraction, action: string, response: object): NonNullable<Received['click']> => {
    const giveUp = (): void => {
      if (!waiting.delete(giveUp)) return;
      clearTimeout(timer);
      acknowledge(given, response);
    };
    const timer = setTimeout(giveUp, FORM_WITHIN_MS).unref();
    waiting.add(giveUp);
    return {
      action,
      async open(form, signal) {
        if (waiting.delete(giveUp)) {
          clearTimeout(timer);
          await answer(given, renderForm(form, action), signal);
        }
        return accept(undefined).response;
      },
    };
  };

  return {
    take(data) {
      const given = interaction.safeParse(data).data;
      if (given === undefined) return undefined;
      const { response, event, click } = readInteraction(given, bot);
      const form = click?.asksForForm === true ? { click: opener(given, click.action, response) } : {};
      if (click?.asksForForm !== true) acknowledge(given, response);
      return event && { id: `i:${given.id}`, events: [event], ...form };
    },
    close: () => waiting.forEach((giveUp) => giveUp()),
  };
}

/** The route of the first answer to an interaction. */
export const callbackOf = ({ id, token }: Pick<DiscordInteraction, 'id' | 'token'>): `/${string}` =>
  `/interactions/${encodeURIComponent(id)}/${encodeURIComponent(token)}/callback`;
