import { createHash } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { StepWrite } from '../db/journal.ts';
import type { ToolCall } from '../llm/provider.ts';
import type { ToolPolicy } from '../model/policy.ts';
import type { Tool } from '../model/tool.ts';

type ToolWrite = Extract<StepWrite, { kind: 'tool' }>;

/** What decides about a call. */
export type Bench = {
  /** Those that are allowed here. */
  readonly tools: readonly Tool[];
  readonly policy: ToolPolicy;
  /** Something external was read: its words may be behind the call. */
  readonly tainted: boolean;
  /** See `Guard.isSecret`. */
  readonly isSecret: (text: string) => boolean;
  /** So many calls are still allowed. */
  readonly left: number;
};

/** Arguments longer than this are a mistake, or meant as one. Characters. */
const LONGEST_ARGUMENTS = 100_000;

/** What becomes of a call that a model wants: it is done, a person is asked first, or it is refused with the reason. */
export type Judge = (call: ToolCall, seq: number, bench: Bench) => ToolWrite;

export function openJudge(): Judge {
  const checkOf = openChecks();
  return (call, seq, { tools, policy, tainted, isSecret, left }) => {
    const step = { kind: 'tool', seq, call, digest: digestOf(call) } as const;
    const refuse = (text: string): ToolWrite => ({
      ...step,
      state: 'failed',
      returned: { text, failed: true, origin: 'own' },
    });
    if (left <= 0) return refuse('No more tools can be used for this answer. Answer with what you know.');
    const tool = tools.find(({ name }) => name === call.name);
    if (tool === undefined) return refuse(`There is no tool ${JSON.stringify(call.name.slice(0, 80))} here.`);
    const problem = problemWith(call.arguments, checkOf(tool));
    if (problem !== undefined) return refuse(problem);
    // Also what only reads is told its arguments, and a person who is asked sees them.
    if (isSecret(asWritten(call.arguments))) return refuse('The arguments hold a secret. Nothing was done.');
    const isFree = tool.effect === 'reads' || (!tainted && isTrusted(tool, policy));
    return { ...step, state: isFree ? 'started' : 'waiting', returned: null };
  };
}

/** Done without asking, as long as nobody else's words may be behind it. */
const isTrusted = ({ effect, name }: Tool, { trust }: ToolPolicy): boolean =>
  effect === 'keeps' || matches(trust, name);

/** Whether one of these names, in which `*` stands for any characters, is meant. Pure. */
export function matches(names: readonly string[], name: string): boolean {
  return names.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[^a-z0-9_]/g, ''));
    return new RegExp(`^${parts.join('.*')}$`).test(name);
  });
}

/** Names a tool and exact arguments, whatever the order in which they were written. */
function digestOf({ name, arguments: given }: ToolCall): string {
  const parsed = parse(given);
  const exact = parsed === undefined ? given : JSON.stringify(parsed.value, sorted);
  return createHash('sha256')
    .update(JSON.stringify([name, exact]))
    .digest('hex');
}

const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : value;

function problemWith(given: string, check: Check): string | undefined {
  if (given.length > LONGEST_ARGUMENTS) return `The arguments are too long: at most ${LONGEST_ARGUMENTS} characters.`;
  const parsed = parse(given);
  return parsed === undefined ? 'The arguments are no JSON.' : check(parsed.value);
}

/** As JSON is usually written: one character can be written in many ways. Pure. */
export function asWritten(given: string): string {
  const parsed = parse(given);
  return parsed === undefined ? given : JSON.stringify(parsed.value);
}

/** What the arguments say; undefined: they are no JSON. Pure. */
export function parse(given: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(given.trim() === '' ? '{}' : given) as unknown };
  } catch {
    return undefined;
  }
}

/** What is wrong with arguments; undefined: nothing. */
type Check = (args: unknown) => string | undefined;

/** Compiled once for each tool as it is at that moment; a server that changes it makes a new one. */
function openChecks(): (tool: Tool) => Check {
  const known = new WeakMap<Tool, Check>();
  return (tool) => {
    const check = known.get(tool) ?? compile(tool);
    known.set(tool, check);
    return check;
  };
}

function compile(tool: Tool): Check {
  try {
    const check = new Ajv2020({ strict: false, logger: false, validateFormats: false }).compile(tool.parameters);
    return (args) => {
      if (check(args)) return undefined;
      const [error] = check.errors ?? [];
      return `The arguments do not fit: ${error?.instancePath ?? ''} ${error?.message ?? 'they are of another shape'}.`;
    };
  } catch {
    return () => 'This tool cannot be used: the schema of its arguments is none.';
  }
}
