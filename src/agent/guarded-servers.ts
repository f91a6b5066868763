import type { AskServer } from '../llm/open.ts';
import type { OrganizationId } from '../model/ids.ts';
import { openCheckedFetch, type CheckedFetch, type Reach } from './tools/mcp/checked-fetch.ts';
import { reachOf } from './tools/mcp/stored-server.ts';

/** How a server is asked that an organization has named; undefined: as any other. */
export type FetchOf = (organization: OrganizationId) => AskServer | undefined;

/**
 * Servers of models that organizations have named: where their names lead is looked at for every connection, and not only
 * when they are saved. The deployment's own organization may name any: its model may stand beside the hub.
 * Disposing it closes the connections that are kept.
 */
export function openGuardedServers(reach: Reach): { readonly fetchOf: FetchOf; readonly [Symbol.dispose]: () => void } {
  const checked = openCheckedFetch(reach);
  const guarded = askBy(checked);
  return {
    fetchOf: (organization) => (reachOf(organization, reach).allowPrivate ? undefined : guarded),
    [Symbol.dispose]: () => checked[Symbol.dispose](),
  };
}

/** As the SDKs ask, which send forms as well. */
export const askBy =
  ({ fetch: checked }: Pick<CheckedFetch, 'fetch'>): AskServer =>
  async (to, init) => {
    // A form becomes bytes and their type.
    const request = new Request(to, init);
    const { url, method, headers, signal } = request;
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
    return checked(url, { method, headers, signal, ...(body !== undefined && { body }) });
  };
