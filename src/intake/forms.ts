import { formOf } from '../db/controls.ts';
import { inOrganization, type Database } from '../db/database.ts';
import type { Clicking, InboundResponse } from '../model/adapter.ts';
import { toFailure } from '../model/failure.ts';
import type { Log } from '../observe/log.ts';
import type { Recipient } from './accept.ts';

/** Shows what a click asks for, when it asks for something; with what the platform is then answered. Never rejects. */
export type ShowForm = (recipient: Recipient, click: Clicking) => Promise<InboundResponse | undefined>;

/** Milliseconds for showing a form: platforms wait three seconds for the whole answer to a click. */
const WITHIN_MS = 2_000;

/** A form that cannot be shown is no reason to refuse the click: it is committed by then. */
export function openShowForm(db: Database, log: Log): ShowForm {
  return async ({ organization }, { action, open }) => {
    try {
      const form = await inOrganization(db, organization, (tx) => formOf(tx, action));
      return form && (await open(form, AbortSignal.timeout(WITHIN_MS)));
    } catch (thrown) {
      log.warn({ reason: toFailure(thrown, 'unavailable').message }, 'a form could not be shown');
      return undefined;
    }
  };
}
