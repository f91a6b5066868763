import { createHash, randomUUID } from 'node:crypto';
import { failed, type Failed } from './errors.ts';
import type { ToolCall } from './provider.ts';

/** Puts the fragments of an answer's calls together. It is for one answer. */
export type CallCollector = {
  /** A fragment as it came; what is empty or absent changes nothing. */
  readonly add: (fragment: CallFragment) => void;
  /** All calls, whole, in the order in which they began; or what is wrong with them. */
  readonly take: () => readonly ToolCall[] | Failed;
};

export type CallFragment = {
  /** What tells calls of one answer apart; some servers leave it out, or give every call the same one. */
  readonly index?: number | undefined;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly arguments?: string | undefined;
};

type Growing = { readonly index: number | undefined; id: string; name: string; arguments: string };

export function collectCalls(): CallCollector {
  const growing: Growing[] = [];
  return {
    add({ index, id = '', name = '', arguments: json = '' }) {
      const last = index === undefined ? growing.at(-1) : growing.findLast((call) => call.index === index);
      const call = last !== undefined && continues(last, { index, id, name }) ? last : begin(growing, index);
      if (id !== '') call.id = id;
      if (name !== '') call.name = name;
      call.arguments += json;
    },
    take() {
      if (growing.some(({ name }) => name === ''))
        return failed('garbage', 'the model called a tool without naming it');
      const taken = new Set<string>();
      return growing.map(({ id, name, arguments: json }) => {
        const own = id !== '' && !taken.has(id) ? id : newCallId();
        taken.add(own);
        return { id: own, name, arguments: json.trim() === '' ? '{}' : json };
      });
    },
  };
}

/** Some servers repeat id and name in every fragment; others give each call an id and all of them the same index. */
function continues(call: Growing, { index, id, name }: Omit<Growing, 'arguments'>): boolean {
  if (id !== '' && call.id !== '') return id === call.id;
  const begunAnew = index === undefined && name !== '' && call.name !== '' && call.arguments !== '';
  return !begunAnew;
}

function begin(growing: Growing[], index: number | undefined): Growing {
  const call = { index, id: '', name: '', arguments: '' };
  growing.push(call);
  return call;
}

/** An id for a call that came without one. */
export function newCallId(): string {
  return `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
}

/**
 * A call's id for a server that did not make it up: each takes ids of its own form only (Anthropic `^[a-zA-Z0-9_-]+$`,
 * OpenAI up to 40 characters). Always the same for the same id, so that a call and its answer stay together. Pure.
 */
export function portableId(id: string): string {
  if (/^[\w-]{1,40}$/.test(id)) return id;
  return `call_${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;
}

/**
 * A call's arguments as a JSON object, which servers insist on when a call is given back; what a model wrote wrongly is
 * wrapped under the key that Anthropic's page on fine-grained tool streaming proposes. Pure.
 */
export function objectOf({ arguments: json }: ToolCall): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below.
  }
  return { INVALID_JSON: json };
}

/** The same as text. What parses is given back to the letter. */
export function jsonOf(call: ToolCall): string {
  const object = objectOf(call);
  return 'INVALID_JSON' in object ? JSON.stringify(object) : call.arguments;
}

/** A tool's answer for a protocol that has no field to say that it failed. */
export function answerText({ text, failed }: { readonly text: string; readonly failed: boolean }): string {
  return failed ? `Error: ${text}` : text;
}
