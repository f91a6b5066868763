import { z } from 'zod';
import { DEFAULT_ORGANIZATION } from '../../../db/apps.ts';
import { headersPurpose, type SeenTool, type StoredServer } from '../../../db/mcp-servers.ts';
import { Failure } from '../../../model/failure.ts';
import type { OrganizationId } from '../../../model/ids.ts';
import type { McpServer } from '../../../model/mcp-server.ts';
import { parseJson } from '../../../model/parse-json.ts';
import type { Tool } from '../../../model/tool.ts';
import type { KeyRing } from '../../../vault/keys.ts';
import { seal, unseal } from '../../../vault/seal.ts';
import { withoutSecrets } from '../../secrets.ts';
import type { Reach } from './checked-fetch.ts';

export type HttpServer = Extract<McpServer, { kind: 'http' }>;
export type Headers = Readonly<Record<string, string>>;

const Headers = z.record(z.string(), z.string());

/** Whether every organization may name private addresses. The deployment's own always may: its servers may stand beside it. */
export type StoredReach = Reach & { readonly keys: () => Promise<KeyRing> };

export const reachOf = (organization: OrganizationId, { allowPrivate, resolve }: Reach): Reach => ({
  allowPrivate: allowPrivate || organization === DEFAULT_ORGANIZATION,
  ...(resolve !== undefined && { resolve }),
});

/** Headers as they are kept: for this server alone. */
export const sealHeaders = async (
  keys: () => Promise<KeyRing>,
  [organization, server]: readonly [OrganizationId, string],
  headers: Headers,
): Promise<string> => seal(await keys(), JSON.stringify(headers), headersPurpose(organization, server));

/**
 * A row as a server to connect to.
 * @throws Failure `unauthorized` or `invalid` where its headers cannot be opened.
 */
export async function unsealServer(
  keys: () => Promise<KeyRing>,
  organization: OrganizationId,
  { name, url, sealedHeaders, timeoutMs }: StoredServer,
): Promise<HttpServer> {
  const shared = { kind: 'http', name, url, timeoutMs } as const;
  if (sealedHeaders === null) return { ...shared, headers: {} };
  const text = await unseal(await keys(), sealedHeaders, headersPurpose(organization, name));
  const headers = Headers.safeParse(parseJson(text)).data;
  if (headers === undefined) throw new Failure('invalid', `${name}: what was sealed are no headers: give them again`);
  return { ...shared, headers };
}

/** Shorter values stand in ordinary words by chance. Characters. */
const SHORTEST = 6;

/** Replaces what a server is sent to know us by, wherever it says it back: without its scheme, too (`Bearer …`). */
export function hiding(headers: Headers): (text: string) => string {
  const values = Object.values(headers).flatMap((value) => [value, value.replace(/^\S+\s+/, '')]);
  const secrets = [...new Set(values)]
    .filter((value) => value.length >= SHORTEST)
    .toSorted((one, other) => other.length - one.length);
  return (text) => withoutSecrets(text, secrets);
}

/** Characters of a description that people are shown. */
const LONGEST_SHOWN = 500;

/** Tools as people are told of them. Pure. */
export const seenTools = (tools: readonly Tool[]): readonly SeenTool[] =>
  tools.map(({ name, description, effect }) => ({
    name,
    description: description.slice(0, LONGEST_SHOWN).toWellFormed(),
    effect,
  }));
