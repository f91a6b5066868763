import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import type { Ledger } from './ledger.ts';

/** The call that a fault may end. */
export type Call = {
  readonly call: string;
  readonly response: ServerResponse;
  readonly ledger: Ledger;
  /** Answers that the call is refused, in the platform's own form. */
  readonly refuse: (status: number, retryAfterMs: number | undefined) => void;
};

/** Carries out a fault that comes before the work; true when the call ends with it. */
export async function failsBefore(fault: Fault | undefined, given: Call): Promise<boolean> {
  const { call, response, ledger, refuse } = given;
  if (fault?.kind === 'slow') await sleep(fault.delayMs ?? 100, undefined, { ref: false });
  if (fault?.kind === 'reset') {
    ledger.write({ call, performed: false, status: 0, about: 'connection cut' });
    response.socket?.resetAndDestroy();
    return true;
  }
  if (fault?.kind !== 'refuse') return false;
  const status = fault.status ?? 503;
  ledger.write({ call, performed: false, status, about: 'refused on purpose' });
  refuse(status, fault.retryAfterMs);
  return true;
}
