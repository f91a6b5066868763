import type { ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';

/** Whether a call that was performed is never answered: its caller waits for ever, or sees the connection break. */
export function isUnanswered(fault: Fault | undefined): boolean {
  return fault?.kind === 'perform-then-hang' || fault?.kind === 'perform-then-reset';
}

/** Carries out what `isUnanswered` says. */
export function leaveUnanswered(fault: Fault | undefined, response: ServerResponse): void {
  if (fault?.kind === 'perform-then-reset') response.socket?.resetAndDestroy();
}
