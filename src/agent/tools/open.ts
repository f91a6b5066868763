import type { Database } from '../../db/database.ts';
import { openStore } from '../../db/store.ts';
import { withoutToken, type AccessOf } from '../../model/access-of.ts';
import type { McpServer } from '../../model/mcp-server.ts';
import type { PluginEntry } from '../../model/plugin-entry.ts';
import type { Toolbox } from '../../model/tool.ts';
import type { Clock } from '../../observe/clock.ts';
import type { Log } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { Agent } from '../agent.ts';
import { openReadPdf } from '../files/read-pdf.ts';
import { openNearness } from '../nearness.ts';
import { openBuiltins } from './builtin/open.ts';
import { openMemoryTools } from './memory/open.ts';
import { openMcpToolboxes, type McpOptions } from './mcp/open.ts';
import type { StoredReach } from './mcp/stored-server.ts';
import { openStoredServers } from './mcp/stored-servers.ts';
import { openPlatformTools, type ToolApp } from './platform-tools.ts';
import { openPlugins, type Plugins } from './plugins.ts';
import { openPublisher } from './publish.ts';

export type ToolsOptions = Pick<McpOptions, 'environment'> &
  StoredReach & {
    readonly db: Database;
    readonly clock: Clock;
    readonly log: Log;
    readonly metrics: Metrics;
    readonly apps: Iterable<ToolApp>;
    readonly accessOf?: AccessOf;
    readonly mcpServers: readonly McpServer[];
    readonly plugins: readonly PluginEntry[];
    readonly httpAllow: readonly string[];
    /** Opens what asks models, with the servers that plugins bring. */
    readonly openRoutes: (providers: Plugins['providers']) => Promise<Agent['routeOf']>;
    /** Where the configuration's file is. */
    readonly folder: string;
  };

/** Everything that a model can use, and what plugins bring beside. */
export type Tools = Pick<Plugins, 'stages'> & {
  readonly routeOf: Agent['routeOf'];
  /** In the order in which names count: the hub's own, platforms', plugins', servers' of the configuration, servers' that the organization has added. */
  readonly toolboxes: readonly Toolbox[];
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** @throws Failure `invalid` that names a plugin and what to mend. */
export async function openTools(options: ToolsOptions): Promise<Tools> {
  await using stack = new AsyncDisposableStack();
  const { db, clock, log, metrics, apps, accessOf = withoutToken, environment, folder } = options;
  const plugins = stack.use(await openPlugins(options.plugins, { log, folder }));
  const routeOf = await options.openRoutes(plugins.providers);
  const store = openStore(db);
  const publisher = stack.use(openPublisher(db, log));
  const builtin = openBuiltins({
    db,
    clock,
    log,
    metrics,
    http: { allow: options.httpAllow },
    store,
    readPdf: openReadPdf(),
    adapterOf: (app) => [...apps].find((one) => one.app === app)?.adapter,
    accessOf,
  });
  const memory = openMemoryTools(db, openNearness({ db, store, routeOf, log }).meaningOf);
  const toolboxes = [
    builtin,
    memory,
    openPlatformTools({ db, apps, accessOf, clock, log }),
    ...plugins.toolboxes,
    ...openMcpToolboxes(options.mcpServers, { clock, log, environment, seen: publisher.seen }),
    openStoredServers({ ...options, log }),
  ];
  const published = plugins.toolboxes.map((box) => ['plugin', box] as const);
  publisher.begin([['built-in', builtin], ['built-in', memory], ...published], options.mcpServers);
  // Programs that were started end together, not one after the other.
  stack.defer(async () => void (await Promise.all(toolboxes.map((box) => box[Symbol.asyncDispose]()))));
  const { stages } = plugins;
  const open = stack.move();
  return { toolboxes, routeOf, stages, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
