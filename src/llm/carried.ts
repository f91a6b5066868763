import { z } from 'zod';
import type { Carried, PromptMessage, ToolCall } from './provider.ts';

/** One piece of an assistant's message, in the order in which the server said it. */
export type Piece =
  | { readonly kind: 'sealed'; readonly item: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly call: ToolCall };

/** Where text and calls stood among the sealed items: servers refuse thoughts that are not before what they led to. */
const Place = z.union([z.object({ place: z.literal('text') }), z.object({ place: z.literal('call'), id: z.string() })]);
type Place = z.infer<typeof Place>;

export type Order = {
  readonly seal: (item: unknown) => void;
  readonly place: (place: Place) => void;
  /** Nothing was sealed: undefined. */
  readonly carried: (by: { provider: string; model: string }) => Carried | undefined;
};

/** Notes the order of one answer. */
export function noteOrder(): Order {
  const items: unknown[] = [];
  let sealed = false;
  return {
    seal(item) {
      sealed = true;
      items.push({ sealed: item });
    },
    place: (place) => void items.push(place),
    carried: (by) => (sealed ? { ...by, items } : undefined),
  };
}

const Sealed = z.object({ sealed: z.unknown() });

/** An assistant's message in pieces; sealed ones only for the server and model that said them. Pure. */
export function piecesOf(
  message: Extract<PromptMessage, { role: 'assistant' }>,
  to: { provider: string; model: string },
): readonly Piece[] {
  const { carried, text, calls = [] } = message;
  const own = carried?.provider === to.provider && carried.model === to.model ? carried.items : [];
  const pieces: Piece[] = [];
  const open = { text: text !== '', calls: [...calls] };
  const say = (): void => {
    if (open.text) pieces.push({ kind: 'text', text });
    open.text = false;
  };
  for (const item of own) {
    const place = Place.safeParse(item).data;
    const sealed = Sealed.safeParse(item).data;
    if (place?.place === 'text') say();
    else if (place?.place === 'call') pieces.push(...callsOf(open.calls, place.id));
    else if (sealed !== undefined) pieces.push({ kind: 'sealed', item: sealed.sealed });
  }
  say();
  pieces.push(...open.calls.map((call): Piece => ({ kind: 'call', call })));
  // What they led to was not kept, and servers refuse thoughts that lead to nothing.
  return pieces.slice(0, pieces.findLastIndex(({ kind }) => kind !== 'sealed') + 1);
}

/** The call of that id, taken out. */
function callsOf(calls: ToolCall[], id: string): readonly Piece[] {
  const at = calls.findIndex((call) => call.id === id);
  return at === -1 ? [] : calls.splice(at, 1).map((call): Piece => ({ kind: 'call', call }));
}
