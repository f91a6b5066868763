import type { Carried, ToolCall } from '../llm/provider.ts';
import type { Origin } from '../model/tool.ts';

/** What a model said and wants to have done, before any of it is. */
export type Wanted = {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly carried?: Carried | undefined;
  /** It is no round of the loop, but a plan that was made before, or an answer that is still to be checked. */
  readonly stage?: 'plan' | 'draft';
};

/** What a tool returned. */
export type Returned = { readonly text: string; readonly failed: boolean; readonly origin: Origin };

/** What a person was asked about a tool's call, and has said so far. */
export type Asked = {
  readonly id: string;
  readonly kind: 'may' | 'was';
  readonly state: 'asked' | 'granted' | 'denied' | 'done' | 'used';
  /** Milliseconds until it is too late. */
  readonly leftMs: number;
};

/** One step of a turn as it is kept. */
export type Step =
  | {
      readonly kind: 'model';
      readonly seq: number;
      readonly run: string;
      /** Undefined: it has not ended, or it called nothing. */
      readonly wanted: Wanted | undefined;
    }
  | {
      readonly kind: 'tool';
      readonly seq: number;
      readonly run: string;
      readonly state: 'started' | 'waiting' | 'unknown' | 'done' | 'failed';
      readonly call: ToolCall;
      /** Names the tool and its exact arguments. */
      readonly digest: string;
      readonly returned: Returned | undefined;
      /** What was asked last. */
      readonly asked: Asked | undefined;
    };

export type ToolStep = Extract<Step, { kind: 'tool' }>;

/** The call that a person is asked about, in the newest run; others of its round may wait behind it. Pure. */
export function askedIn(journal: readonly Step[]): ToolStep | undefined {
  const run = journal.at(-1)?.run;
  return journal
    .filter((step) => step.kind === 'tool')
    .findLast((step) => step.run === run && step.returned === undefined && step.asked !== undefined);
}
