import * as z from 'zod/mini';

/** What somebody says of a server of tools, as a form has it. */
export type Given = {
  readonly name: string;
  readonly url: string;
  readonly headers: { readonly is: 'kept' | 'new' | 'none'; readonly rows: readonly Header[] };
  /** For one call of a tool. */
  readonly seconds: number;
};
export type Header = { readonly name: string; readonly value: string };

const SECONDS = 60;

export const NEW: Given = {
  name: '',
  url: '',
  headers: { is: 'new', rows: [{ name: 'Authorization', value: '' }] },
  seconds: SECONDS,
};

/** What is kept, as a form has it. Pure. */
export const givenOf = (of: {
  readonly name: string;
  readonly url: string | null;
  readonly headers: readonly string[];
  readonly timeoutMs: number;
}): Given => ({
  name: of.name,
  url: of.url ?? '',
  headers: {
    is: of.headers.length > 0 ? 'kept' : 'none',
    rows: (of.headers.length > 0 ? of.headers : ['Authorization']).map((name) => ({ name, value: '' })),
  },
  seconds: of.timeoutMs / 1_000,
});

/** What is sent. A header without a value is none. Pure. */
export function bodyOf({ url, headers: { is, rows }, seconds }: Given) {
  const given = rows.filter(({ name, value }) => name !== '' && value !== '');
  return {
    url,
    timeoutMs: Math.round(seconds * 1_000),
    ...(is === 'new' && { headers: Object.fromEntries(given.map(({ name, value }) => [name, value])) }),
    ...(is === 'none' && { headers: null }),
  };
}

/** What was pasted: servers, or what is wrong with it. */
export type Pasted = { readonly servers: readonly Given[] } | { readonly problem: string };

const Entries = z.record(z.string(), z.unknown());
const Whole = z.union([z.object({ mcpServers: Entries }), z.object({ servers: Entries })]);
const Entry = z.object({
  type: z.optional(z.string()),
  command: z.optional(z.unknown()),
  url: z.optional(z.string()),
  headers: z.optional(z.record(z.string(), z.string())),
  timeout: z.optional(z.number()),
});

/** Servers as other programs keep them: `{"mcpServers": {"name": {"url": …, "headers": …}}}`, or only what stands in it. Pure. */
export function readPasted(text: string): Pasted {
  const json = parse(text);
  if (json === undefined) return { problem: 'This is no JSON: paste all of it, from the first { to the last }.' };
  const whole = Whole.safeParse(json);
  const entries = whole.success
    ? Object.entries('mcpServers' in whole.data ? whole.data.mcpServers : whole.data.servers)
    : Object.entries(Entries.safeParse(json).data ?? {});
  if (entries.length === 0)
    return { problem: 'There is no server in it: it begins with {"mcpServers": {"name": {"url": …' };
  const read = entries.map(([name, entry]) => readEntry(name, entry));
  const problem = read.find((one) => typeof one === 'string');
  if (problem !== undefined) return { problem };
  return { servers: read.filter((one) => typeof one !== 'string') };
}

/** Or a sentence about what is wrong with it. */
function readEntry(name: string, given: unknown): Given | string {
  const entry = Entry.safeParse(given);
  if (!entry.success) return `${name}: this is no server; it has a url, and may have headers.`;
  const { type = 'http', command, url, headers = {}, timeout = SECONDS * 1_000 } = entry.data;
  if (command !== undefined || type === 'stdio')
    return `${name} is a program on a machine (stdio), and this hub is shared: whoever runs it adds such servers to mcpServers in switchboard.config.yaml. Here are servers with an address.`;
  if (type === 'sse') return `${name} speaks the older transport (SSE): take its address for Streamable HTTP.`;
  if (url === undefined) return `${name}: it has no url.`;
  const unfilled = Object.entries(headers).find(([, value]) => /\$\{[^}]+\}/.test(value));
  if (unfilled !== undefined)
    return `${name}: the header ${unfilled[0]} names a variable. There are none here: put the value itself in its place; it is kept sealed.`;
  const rows = Object.entries(headers).map(([header, value]) => ({ name: header, value }));
  return { name, url, headers: { is: rows.length > 0 ? 'new' : 'none', rows }, seconds: timeout / 1_000 };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
