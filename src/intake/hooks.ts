import type { Adapter, AdapterListing, InboundRequest, InboundResponse } from '../model/adapter.ts';
import { Failure } from '../model/failure.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Accept, Recipient } from './accept.ts';
import type { ShowForm } from './forms.ts';

/** A platform app that is connected: whose it is, and the adapter that speaks for it. */
export type ConnectedApp = Recipient & {
  readonly listing: AdapterListing;
  readonly adapter: Adapter;
  /** Connected from the console: it has a path of its own, and its installs may have tokens. */
  readonly stored?: boolean;
};

/** Answers one HTTP delivery. Never rejects. */
export type ReceiveHook = (app: ConnectedApp, request: InboundRequest) => Promise<InboundResponse>;

/** Seconds that a sender is asked to wait when the database is away. */
const COME_BACK_AFTER = '5';

/** Told of each delivery that was refused though nothing was wrong with it. */
type Refused = (app: ConnectedApp) => void;

export type HooksOptions = {
  readonly accept: Accept;
  readonly showForm: ShowForm;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly refused?: Refused;
};

/** Verifies and translates a delivery, commits it, and only then answers. */
export function openHooks({ accept, showForm, log, metrics, refused = () => {} }: HooksOptions): ReceiveHook {
  return async (app, request) => {
    const platform = app.adapter.platform;
    if (app.adapter.receive === undefined) return reply(404, `${app.listing.title} sends nothing over HTTP`);
    const received = await app.adapter.receive(request);
    const { delivery, response } = received;
    if (delivery === undefined) {
      metrics.deliveries.inc({ platform, outcome: response.status < 300 ? 'handshake' : 'refused' });
      if (response.status >= 400)
        log.info({ platform, status: response.status, response: response.body }, 'a delivery was refused');
      return response;
    }
    try {
      const correlation = await accept(app, delivery, request.receivedAt);
      metrics.deliveries.inc({ platform, outcome: 'accepted' });
      metrics.acknowledged.observe({ platform }, (Date.now() - request.receivedAt.getTime()) / 1000);
      log.debug({ platform, correlation, delivery: delivery.id }, 'a delivery is committed');
      return (received.click && (await showForm(app, received.click))) ?? response;
    } catch (error) {
      metrics.deliveries.inc({ platform, outcome: 'unavailable' });
      refused(app);
      log.error(
        { platform, delivery: delivery.id, error },
        'a delivery could not be committed; its sender is asked to try again',
      );
      const away = error instanceof Failure && error.code === 'unavailable';
      const { headers, ...rest } = reply(away ? 503 : 500, away ? 'not now: try again' : 'internal error: try again');
      return { ...rest, headers: { ...headers, 'retry-after': COME_BACK_AFTER } };
    }
  };
}

function reply(status: number, error: string): InboundResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
}
