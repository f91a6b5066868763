import { z } from 'zod';
import { Failure } from '../../../model/failure.ts';
import type { Tool, ToolUse } from '../../../model/tool.ts';
import { sizeOf } from '../../files/policy.ts';
import { defineTool } from './define.ts';
import { fetchPinned, type Page } from './fetch-pinned.ts';
import { htmlText } from './html-text.ts';
import { isPublic, type IsPublic } from '../../../model/public-address.ts';
import { systemResolve, type Resolve } from './address-of.ts';
import { openGuard, type Guard } from './http-guard.ts';

export type HttpGetPorts = {
  /** Hosts; see `openGuard`. Empty: there is no such tool. */
  readonly allow: readonly string[];
  readonly resolve?: Resolve;
  readonly isPublic?: IsPublic;
};

const MOST_BYTES = 1024 * 1024;
const MOST_REDIRECTS = 3;
const WITHIN_MS = 10_000;

const args = z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2_000) });

/** Reads pages of hosts that an admin has named. */
export function openHttpGet({
  allow,
  resolve = systemResolve,
  isPublic: mayReach = isPublic,
}: HttpGetPorts): readonly Tool[] {
  if (allow.length === 0) return [];
  const guard = openGuard(allow, resolve, mayReach);
  return [
    defineTool({
      name: 'http_get',
      description: `Reads a page of the web as text. Only from: ${guard.described}.`,
      args,
      effect: 'reads',
      idempotent: true,
      origin: 'external',
      withinMs: WITHIN_MS + 1_000,
      run: async ({ url }, use, signal) => {
        if (!isNamed(url, use)) return { text: COMPOSED, failed: true, origin: 'own' };
        const deadline = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
        const { page, at } = await follow(guard, new URL(url), deadline);
        if (page.status >= 400)
          return { text: `${at.href} answered ${page.status}.\n${await textOf(page, deadline)}`, failed: true };
        return textOf(page, deadline);
      },
    }),
  ];
}

const COMPOSED = 'After outside text only addresses that stand in the conversation are read. Nothing was fetched.';

/** Whether an address carries nothing out that somebody has not put into it: it was said or read as it is, or is a host that was. */
function isNamed(url: string, { tainted, wasSaid }: ToolUse): boolean {
  if (!tainted || wasSaid(url)) return true;
  const { host, pathname, search, hash, username } = new URL(url);
  return pathname === '/' && search === '' && hash === '' && username === '' && wasSaid(host);
}

async function follow(
  guard: Guard,
  from: URL,
  signal: AbortSignal,
): Promise<{ readonly page: Page; readonly at: URL }> {
  let at = from;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const address = await guard.check(at);
    const page = await fetchPinned(at, address, MOST_BYTES, signal);
    if (page.status < 300 || page.status >= 400 || page.location === undefined) return { page, at };
    const next = URL.parse(page.location, at.href);
    if (next === null) throw new Failure('refused', `${at.origin} leads to no address`);
    at = next;
  }
  throw new Failure('refused', `${from.origin} leads on more than ${MOST_REDIRECTS} times`);
}

async function textOf({ type, bytes, cut }: Page, signal: AbortSignal): Promise<string> {
  const media = type.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!/^text\/|[/+](json|xml)$|^application\/(javascript|yaml)$|^$/.test(media))
    return `(${media}, ${sizeOf(bytes.length)}: it is not shown here)`;
  const text = decoded(bytes, type);
  const plain = media.includes('html') ? await htmlText(text, signal) : text;
  return cut ? `${plain}\n(cut here: it is longer than ${sizeOf(MOST_BYTES)})` : plain;
}

function decoded(bytes: Buffer, type: string): string {
  const charset = /charset\s*=\s*"?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
