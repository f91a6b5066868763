import * as fc from 'fast-check';
import { writeJson } from '../../adapters/kit/write-json.ts';
import { HOSTILE, RAW, write } from './bodies.ts';

/** One change of a payload; the numbers choose among whatever nodes it has. */
export type Change = {
  readonly how: 'remove' | 'replace' | 'double' | 'swap' | 'wrap' | 'rename' | 'again';
  readonly at: number;
  readonly other: number;
  readonly value: unknown;
};

/** A payload, by its place in the list, and what is done to it. */
export type Mutation = { readonly sample: number; readonly changes: readonly Change[] };

const change: fc.Arbitrary<Change> = fc.record({
  how: fc.constantFrom('remove', 'replace', 'replace', 'replace', 'double', 'swap', 'wrap', 'rename', 'again'),
  at: fc.nat(),
  other: fc.nat(),
  value: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...HOSTILE) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
    { weight: 1, arbitrary: fc.integer() },
  ),
});

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  sample: fc.nat(),
  changes: fc.array(change, { minLength: 1, maxLength: 4 }),
});

type Node = { readonly parent: Record<string, unknown> | unknown[]; readonly key: string };

/** JSON or a form with these changes made. */
export function mutate(body: string, changes: readonly Change[]): string {
  if (body.startsWith('{')) return mutateJson(body, changes);
  const form = new URLSearchParams(body);
  const payload = form.get('payload');
  if (payload !== null) return new URLSearchParams({ payload: mutateJson(payload, changes) }).toString();
  const fields: unknown = JSON.parse(mutateJson(JSON.stringify(Object.fromEntries(form)), changes));
  const said = Object.entries(typeof fields === 'object' && fields !== null ? fields : {});
  return new URLSearchParams(
    said.map(([key, value]) => [key, typeof value === 'string' ? value : (writeJson(value) ?? RAW.deep)]),
  ).toString();
}

function mutateJson(text: string, changes: readonly Change[]): string {
  const root: { value: unknown } = { value: JSON.parse(text) };
  for (const one of changes) apply(root, one);
  return write(root.value ?? null);
}

function apply(root: { value: unknown }, { how, at, other, value }: Change): void {
  const nodes = nodesOf(root);
  const node = nodes[at % nodes.length];
  const second = nodes[other % nodes.length];
  if (node === undefined || second === undefined) return;
  const here = valueAt(node);
  if (how === 'replace') put(node, structuredClone(value));
  else if (how === 'wrap') put(node, [here]);
  else if (how === 'swap') {
    // Of copies, because a node may be inside of the other.
    const [one, two] = [structuredClone(here), structuredClone(valueAt(second))];
    put(second, one);
    put(node, two);
  } else if (how === 'remove') remove(node);
  else if (how === 'double') addTo(node, structuredClone(here), `${node.key}2`);
  else if (how === 'again') addTo(node, structuredClone(value), `@@again:${node.key}`);
  else {
    remove(node);
    addTo(node, here, typeof value === 'string' && !value.startsWith('@@') ? value.slice(0, 100) : '__proto__');
  }
}

export function nodesOf(root: { value: unknown }): readonly Node[] {
  const nodes: Node[] = [{ parent: root, key: 'value' }];
  for (let at = 0; at < nodes.length; at += 1) {
    const node = nodes[at];
    const value = node && valueAt(node);
    if (Array.isArray(value)) for (const key of value.keys()) nodes.push({ parent: value, key: String(key) });
    else if (isObject(value)) for (const key of Object.keys(value)) nodes.push({ parent: value, key });
  }
  return nodes.length > 1 ? nodes.slice(1) : nodes;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const valueAt = ({ parent, key }: Node): unknown => (Array.isArray(parent) ? parent[Number(key)] : parent[key]);

export function put({ parent, key }: Node, value: unknown): void {
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else set(parent, key, value);
}

/** As JSON.parse does: `__proto__` is a name like any other. */
function set(parent: object, key: string, value: unknown): void {
  Object.defineProperty(parent, key, { value, enumerable: true, writable: true, configurable: true });
}

export function remove({ parent, key }: Node): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

function addTo({ parent }: Node, value: unknown, key: string): void {
  if (Array.isArray(parent)) parent.push(value);
  else set(parent, key, value);
}

/** A payload with this value in the place of every text. */
export function withEveryText(body: string, value: unknown): string {
  const root: { value: unknown } = { value: JSON.parse(body) };
  for (const node of nodesOf(root).toReversed()) if (typeof valueAt(node) === 'string') put(node, value);
  return write(root.value);
}
