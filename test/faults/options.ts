import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run faults -- [--only NAME[,NAME…]] [--list] [--seed N]
       npm run faults -- --soak [--minutes N] [--events N] [--seed N]

A NAME also stands for all scenarios whose names begin with it. A soak goes on until its minutes are over or its events
are said, whichever comes first.`;

export type SoakLength = { readonly minutes: number; readonly events: number };

export type Options = {
  readonly only: readonly string[];
  readonly list: boolean;
  readonly seed: number;
  readonly soak: SoakLength | undefined;
};

const SOAK_MINUTES = 60;
const SOAK_EVENTS = 50_000;
const MOST_SEED = 1_000_000;

/** Undefined when the command line says something else. */
export function readOptions(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true, default: [] },
        list: { type: 'boolean', default: false },
        seed: { type: 'string' },
        soak: { type: 'boolean', default: false },
        minutes: { type: 'string' },
        events: { type: 'string' },
      },
    });
    const length = { minutes: Number(values.minutes ?? SOAK_MINUTES), events: Number(values.events ?? SOAK_EVENTS) };
    return {
      only: values.only.flatMap((names) => names.split(',')),
      list: values.list,
      seed: Number(values.seed ?? Math.floor(Math.random() * MOST_SEED)),
      soak: values.soak ? length : undefined,
    };
  } catch {
    return undefined;
  }
}
