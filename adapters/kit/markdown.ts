import type {
  Definition,
  Image,
  ImageReference,
  Link,
  LinkReference,
  Nodes,
  Parents,
  Root,
  RootContentMap,
} from 'mdast';
import { parseMarkdown as parse } from '../../src/model/markdown.ts';

/** The nodes a platform has to render. Definitions and references are resolved before, so they are not among them. */
export type Rendered = Omit<
  RootContentMap,
  'definition' | 'linkReference' | 'imageReference' | 'yaml' | 'tableRow' | 'tableCell'
>;

type Typed<Type extends keyof Rendered = keyof Rendered> = { [Key in Type]: Rendered[Key] & { type: Key } }[Type];

/** One function per node type; the compiler names the one that is missing. */
export type Renderers = { readonly [Key in keyof Rendered]: (node: Typed<Key>, walk: Walk) => string };

/** What a renderer may ask of the walk it is in. */
export type Walk = {
  /** The nodes around this one, the outermost first; the node itself is not among them. */
  readonly ancestors: readonly Nodes[];
  /** Renders the children of `node` and joins them. */
  readonly inside: (node: Parents, between?: string) => string;
  /** The CommonMark that `node` was read from. */
  readonly source: (node: Nodes) => string;
};

/** Deeper than anybody writes, and far from the end of the stack: what nests deeper is shown as its source. */
const DEEPEST = 60;

/** One line that begins with a letter and holds nothing that CommonMark or GFM reads: parsing it would cost 0.3 ms. */
const PLAIN = /^(?!.*(?:www\.|:\/\/))\p{L}(?:[^*_`~[\]<>&#|\\@\s]| (?=[^ ]))*$/iu;

/** CommonMark with GFM as a tree in which every reference to a definition has become the link or image it means. */
export function parseMarkdown(markdown: string): Root {
  const root = PLAIN.test(markdown) ? asText(markdown) : parse(markdown);
  const definitions = new Map<string, Definition>();
  const parents = allParents(root);
  for (const parent of parents) {
    for (const child of parent.children) {
      // CommonMark: the first of several definitions with one name counts.
      if (child.type === 'definition' && !definitions.has(child.identifier)) definitions.set(child.identifier, child);
    }
  }
  if (definitions.size > 0) for (const parent of parents) resolveReferences(parent, definitions);
  return root;
}

function asText(value: string): Root {
  return { type: 'root', children: [{ type: 'paragraph', children: [{ type: 'text', value }] }] };
}

/** `markdown` as one string in a platform's own form; blocks are `between` apart. Pure, and total over any input. */
export function renderMarkdown(markdown: string, renderers: Renderers, between = '\n\n'): string {
  return renderTree(parseMarkdown(markdown), markdown, renderers, between);
}

/** As `renderMarkdown`, for a tree that `parseMarkdown` made of `markdown`. */
export function renderTree(root: Root, markdown: string, renderers: Renderers, between = '\n\n'): string {
  const source = (node: Nodes): string =>
    markdown.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
  const inside = (ancestors: readonly Nodes[], parent: Parents, joint: string): string => {
    const chain = [...ancestors, parent];
    const walk: Walk = { ancestors: chain, source, inside: (node, joint = '') => inside(chain, node, joint) };
    const parts: string[] = [];
    for (const child of parent.children) {
      const part = renderNode(child, walk, renderers);
      if (part !== '' || joint === '') parts.push(part);
    }
    return parts.join(joint);
  };
  return inside([], root, between);
}

function renderNode(node: Nodes, walk: Walk, renderers: Renderers): string {
  if (node.type === 'root' || node.type === 'tableRow' || node.type === 'tableCell') return walk.inside(node);
  if (node.type === 'definition' || node.type === 'yaml') return '';
  const dangling = node.type === 'linkReference' || node.type === 'imageReference';
  if (dangling || walk.ancestors.length > DEEPEST) {
    return renderers.text({ type: 'text', value: walk.source(node) }, walk);
  }
  return dispatch(node, walk, renderers);
}

function dispatch<Type extends keyof Rendered>(node: Typed<Type>, walk: Walk, renderers: Renderers): string {
  const type: Type = node.type;
  const render: (node: Typed<Type>, walk: Walk) => string = renderers[type];
  return render(node, walk);
}

/** Iterative, because input decides how deep the tree is. */
function allParents(root: Root): Parents[] {
  const found: Parents[] = [root];
  for (let at = 0; at < found.length; at += 1) {
    for (const child of found[at]?.children ?? []) if ('children' in child) found.push(child);
  }
  return found;
}

function resolveReferences(parent: Parents, definitions: ReadonlyMap<string, Definition>): void {
  for (const [index, child] of parent.children.entries()) {
    if (child.type !== 'linkReference' && child.type !== 'imageReference') continue;
    const definition = definitions.get(child.identifier);
    if (definition !== undefined) parent.children.splice(index, 1, resolved(child, definition));
  }
}

function resolved(reference: LinkReference | ImageReference, { url, title }: Definition): Link | Image {
  const common = { url, title: title ?? null, ...(reference.position && { position: reference.position }) };
  if (reference.type === 'imageReference') return { type: 'image', alt: reference.alt ?? null, ...common };
  return { type: 'link', children: reference.children, ...common };
}

/** What a node says without its marks: for cells in a fixed-width font, link texts and summaries. */
export function plainText(node: Nodes): string {
  const waiting: Nodes[] = [node];
  const said: string[] = [];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.type === 'image') said.push(next.alt ?? '');
    else if (next.type === 'break') said.push(' ');
    else if (next.type === 'footnoteReference') said.push(`[${next.identifier}]`);
    else if ('value' in next) said.push(next.value);
    else if ('children' in next) waiting.push(...next.children.toReversed());
  }
  return said.join('');
}
