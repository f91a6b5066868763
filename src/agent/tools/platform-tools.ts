import type { Database } from '../../db/database.ts';
import { inOrganization } from '../../db/database.ts';
import { activeInstalls } from '../../db/hearing.ts';
import { withoutToken, type AccessOf } from '../../model/access-of.ts';
import type { Access, Adapter } from '../../model/adapter.ts';
import { toFailure } from '../../model/failure.ts';
import type { AppId, OrganizationId } from '../../model/ids.ts';
import type { Tool, Toolbox } from '../../model/tool.ts';
import type { Clock } from '../../observe/clock.ts';
import type { Log } from '../../observe/log.ts';

/** A platform's app, with whom it belongs to. */
export type ToolApp = { readonly organization: OrganizationId; readonly app: AppId; readonly adapter: Adapter };

export type PlatformToolsOptions = {
  readonly db: Database;
  readonly apps: Iterable<ToolApp>;
  /** Default: no install has a token of its own. */
  readonly accessOf?: AccessOf;
  readonly clock: Clock;
  readonly log: Log;
};

/** Milliseconds after which it is looked again where the apps are installed. */
const FRESH_MS = 30_000;

type Known = {
  readonly adapter: Adapter;
  readonly installs: string;
  readonly tools: readonly Tool[];
  readonly readAt: number;
};

/** Who may talk to the bot elsewhere may not see all that a platform shows the app. */
const offered = (adapter: Adapter, app: AppId, accesses: readonly Access[]): readonly Tool[] =>
  (adapter.tools?.(app, accesses) ?? []).map((tool) => ({ ...tool, home: app }));

/** What platforms let a model read, for those that do. */
export function openPlatformTools(options: PlatformToolsOptions): Toolbox {
  const { db, apps, accessOf = withoutToken, clock, log } = options;
  const known = new Map<AppId, Known>();

  const toolsOf = async ({ organization, app, adapter }: ToolApp): Promise<readonly Tool[]> => {
    const before = known.get(app);
    const isFresh = before !== undefined && clock.now() - before.readAt < FRESH_MS;
    if (isFresh && before.adapter === adapter) return before.tools;
    try {
      const ids = await inOrganization(db, organization, (tx) => activeInstalls(tx, app));
      const installs = JSON.stringify(ids);
      const accesses = await Promise.all(ids.map((install) => accessOf(organization, app, install)));
      // The same tools stay the same objects: what is known of them is kept with them.
      const isSame = before?.installs === installs && before.adapter === adapter;
      const fresh = isSame ? before.tools : ids.length === 0 ? [] : offered(adapter, app, accesses);
      known.set(app, { adapter, installs, tools: fresh, readAt: clock.now() });
      return fresh;
    } catch (thrown) {
      log.warn({ reason: toFailure(thrown, 'unavailable').message }, 'where an app is installed could not be read');
      return before?.tools ?? [];
    }
  };
  return {
    name: 'platforms',
    async tools(organization) {
      const own = [...apps].filter((one) => one.organization === organization && one.adapter.tools !== undefined);
      return (await Promise.all(own.map(toolsOf))).flat();
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
