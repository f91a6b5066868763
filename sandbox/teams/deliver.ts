import { openDeliveries as openKitDeliveries } from '../kit/deliver.ts';
import type { Answered, Deliveries as KitDeliveries } from '../kit/deliver.ts';

export type Delivery = {
  /** The activity's. */
  readonly id: string;
  readonly type: string;
  /** Made for every try anew: tries have timestamps of their own. */
  readonly body: () => string;
  readonly token: () => string;
};

export type Deliveries = KitDeliveries<Delivery>;

/** How long an answer is waited for (about 15 s, MicrosoftDocs/msteams-docs#6084), and how often it is tried again. */
export type Patience = { readonly answerWithinMs: number; readonly retriesMs: readonly number[] };

/** The schedule is not published; up to four copies were seen (microsoft/BotFramework-Services#59). */
export const PATIENCE: Patience = { answerWithinMs: 15_000, retriesMs: [1_000, 5_000, 15_000] };

export function openDeliveries(patience: Patience): Deliveries {
  return openKitDeliveries<Delivery>({
    path: '/api/messages',
    ...patience,
    write: ({ body, token }) => ({
      body: body(),
      headers: {
        authorization: `Bearer ${token()}`,
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)',
      },
    }),
    // Who clicks is shown an error at once: an invoke is never tried again.
    isOver: (answered, { type }) => isSettled(answered) || type === 'invoke',
  });
}

/** Taken, or refused for good. */
function isSettled({ status }: Answered): boolean {
  return status !== undefined && status < 500 && status !== 408 && status !== 429;
}
