import { z } from 'zod';
import { noteOrder } from './carried.ts';
import type { Step } from './deadlines.ts';
import { failed, type Failed } from './errors.ts';
import type { Carried, ToolCall } from './provider.ts';
import { collectCalls } from './tool-calls.ts';

const Start = z.object({
  index: z.number(),
  content_block: z.looseObject({
    type: z.string(),
    id: z.string().optional(),
    name: z.string().optional(),
    /** Empty in a stream, where it comes in pieces; some servers send it whole at once. */
    input: z.record(z.string(), z.unknown()).optional(),
    text: z.string().optional(),
    thinking: z.string().optional(),
    signature: z.string().optional(),
  }),
});
const Delta = z.object({
  index: z.number(),
  delta: z.object({
    type: z.string(),
    text: z.string().optional(),
    partial_json: z.string().optional(),
    thinking: z.string().optional(),
    signature: z.string().optional(),
  }),
});
type Delta = z.infer<typeof Delta>['delta'];
const Stop = z.object({ index: z.number() });

type Block = z.infer<typeof Start>['content_block'] & { json: string };

/** The blocks of one answer. */
export type Blocks = {
  /** One event of theirs. */
  readonly take: (type: string, raw: unknown) => Generator<Step>;
  /** All calls; or what is wrong with them. */
  readonly calls: () => readonly ToolCall[] | Failed;
  readonly carried: (by: { provider: string; model: string }) => Carried | undefined;
};

export function openBlocks(): Blocks {
  const open = new Map<number, Block>();
  const calls = collectCalls();
  const order = noteOrder();
  const close = (block: Block, index: number): void => {
    if (block.type === 'text') order.place({ place: 'text' });
    else if (block.type === 'tool_use') {
      calls.add({ index, id: block.id, name: block.name, arguments: block.json || jsonOf(block.input) });
      if (block.id) order.place({ place: 'call', id: block.id });
    } else if (block.type === 'thinking' && block.signature) {
      order.seal({ type: 'thinking', thinking: block.thinking ?? '', signature: block.signature });
    } else if (block.type === 'redacted_thinking') order.seal({ type: block.type, data: block['data'] });
  };
  return {
    *take(type, raw) {
      if (type === 'content_block_start') {
        const { index, content_block: block } = Start.parse(raw);
        open.set(index, { ...block, json: '' });
        yield block.type === 'text' && block.text ? { kind: 'text', text: block.text } : { kind: 'beat' };
      } else if (type === 'content_block_delta') {
        const { index, delta } = Delta.parse(raw);
        yield stepOf(delta, open.get(index));
      } else if (type === 'content_block_stop') {
        const { index } = Stop.parse(raw);
        const block = open.get(index);
        open.delete(index);
        if (block !== undefined) close(block, index);
      }
    },
    calls: () =>
      [...open.values()].some(({ type }) => type === 'tool_use')
        ? failed('garbage', 'the answer ended within a tool call')
        : calls.take(),
    carried: order.carried,
  };
}

function jsonOf(input: Record<string, unknown> = {}): string {
  return Object.keys(input).length === 0 ? '' : JSON.stringify(input);
}

/** Adds a piece to its block; only text is shown. */
function stepOf(delta: Delta, block: Block | undefined): Step {
  if (delta.type === 'text_delta') return { kind: 'text', text: delta.text ?? '' };
  if (block === undefined) return { kind: 'beat' };
  block.json += delta.partial_json ?? '';
  if (delta.thinking !== undefined) block.thinking = (block.thinking ?? '') + delta.thinking;
  if (delta.signature !== undefined) block.signature = delta.signature;
  return { kind: 'beat', size: delta.partial_json?.length ?? 0 };
}
