import { openCheckedFetch, checkServerUrl } from '../agent/tools/mcp/checked-fetch.ts';
import {
  hiding,
  reachOf,
  sealHeaders,
  seenTools,
  unsealServer,
  type Headers,
  type StoredReach,
} from '../agent/tools/mcp/stored-server.ts';
import { tryServer } from '../agent/tools/mcp/try-server.ts';
import type { SeenTool, StoredServer } from '../db/mcp-servers.ts';
import { Failure } from '../model/failure.ts';
import type { OrganizationId } from '../model/ids.ts';
import type { McpServer } from '../model/mcp-server.ts';
import type { Toolbox } from '../model/tool.ts';
import type { Log } from '../observe/log.ts';

/** What the routes of tools need of whoever reaches servers. */
export type McpDesk = {
  /** Servers of the configuration. */
  readonly configured: readonly McpServer[];
  /** What the apps of an organization let a model read. */
  readonly platforms: Pick<Toolbox, 'tools'>;
  /** Headers, sealed for this server alone. */
  readonly seal: (organization: OrganizationId, server: string, headers: Headers) => Promise<string>;
  /** @throws Failure `invalid` or `refused`: there is no such host, or this organization may not make us go there. */
  readonly mayReach: (organization: OrganizationId, url: string) => Promise<void>;
  /** Connects as the agent does, and lists what there is. @throws Failure that names what to mend. */
  readonly test: (
    organization: OrganizationId,
    server: StoredServer,
  ) => Promise<{ readonly tools: readonly SeenTool[]; readonly ms: number }>;
};

export type McpDeskOptions = StoredReach & Pick<McpDesk, 'configured' | 'platforms'> & { readonly log: Log };

/** Milliseconds for a server to be connected to and to list its tools, while somebody waits before a page. */
const WITHIN_MS = 15_000;

export const openMcpDesk = (options: McpDeskOptions): McpDesk => ({
  configured: options.configured,
  platforms: options.platforms,
  seal: (organization, server, headers) => sealHeaders(options.keys, [organization, server], headers),
  async mayReach(organization, url) {
    try {
      await checkServerUrl(new URL(url), reachOf(organization, options));
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'unavailable')
        throw new Failure('invalid', `url: ${thrown.message}`);
      throw thrown;
    }
  },
  async test(organization, row) {
    const server = await unsealServer(options.keys, organization, row);
    const hide = hiding(server.headers);
    using reach = openCheckedFetch(reachOf(organization, options));
    try {
      const { fetch } = reach;
      const { tools, ms } = await tryServer(server, { fetch, log: options.log, environment: {}, withinMs: WITHIN_MS });
      const shown = seenTools(tools).map((tool) => ({ ...tool, description: hide(tool.description) }));
      return { tools: shown, ms };
    } catch (thrown) {
      if (thrown instanceof Failure) throw new Failure(thrown.code, hide(thrown.message));
      throw thrown;
    }
  },
});
