import { startRole, type HubRole } from '../kit/process.ts';

/** A process of the hub. Whoever ends it says so by the way in which he ends it; every other end is a fault of its own. */
export type Hub = {
  readonly role: 'all' | 'web' | 'worker';
  readonly url: string | undefined;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly kill: () => Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
  readonly printed: () => string;
  readonly isRunning: () => boolean;
};

export type Starting = {
  /** Connects to the database over the wire that faults can be on. */
  readonly wired?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** Deliveries go on to where they went. */
  readonly aside?: boolean;
  /** It may end by itself: that it does is what is tried. */
  readonly mayEnd?: boolean;
};

export type Hubs = {
  readonly start: (role: Hub['role'], starting?: Starting) => Promise<Hub>;
  readonly running: () => readonly Hub[];
  /** Values that may stand nowhere but in the environment. */
  readonly secrets: readonly string[];
  /** All that every process printed, those that have ended included. */
  readonly printed: () => string;
  readonly stopAll: () => Promise<void>;
};

export type HubsOptions = {
  readonly environment: Readonly<Record<string, string>>;
  readonly direct: string;
  readonly wired: string;
  readonly deliverTo: (url: string) => void;
  readonly problem: (text: string) => void;
  readonly killed: () => void;
};

/** Milliseconds for a process to end after SIGTERM: its own last deadline is 55 s. */
const END_WITHIN_MS = 60_000;

export function openHubs(options: HubsOptions): Hubs & AsyncDisposable {
  const hubs = new Set<{ hub: Hub; role: HubRole }>();
  const secrets = secretsOf(options);

  const start: Hubs['start'] = async (
    role,
    { wired = false, environment = {}, aside = false, mayEnd = false } = {},
  ) => {
    const process = await startRole(role, {
      LOG_LEVEL: 'warn',
      ...options.environment,
      DATABASE_URL: wired ? options.wired : options.direct,
      ...environment,
    });
    let state: 'running' | 'ordered' | 'ended' = 'running';
    const watchEnd = async (): Promise<void> => {
      const code = await process.ended;
      if (state === 'running' && !mayEnd)
        options.problem(`a ${role} ended by itself (${code ?? 'signal'}): ${process.printed().slice(-1_500)}`);
      state = 'ended';
    };
    void watchEnd();
    const hub: Hub = {
      role,
      url: process.url,
      pause: process.pause,
      resume: process.resume,
      printed: process.printed,
      isRunning: () => state === 'running',
      async kill() {
        state = 'ordered';
        options.killed();
        await process.kill();
      },
      async stop() {
        state = 'ordered';
        return process.stop();
      },
    };
    hubs.add({ hub, role: process });
    if (role !== 'worker' && !aside && process.url !== undefined) options.deliverTo(process.url);
    return hub;
  };
  const stopAll = async (): Promise<void> => {
    await Promise.all([...hubs].filter(({ hub }) => hub.isRunning()).map(({ hub }) => end(hub, options.problem)));
  };
  return {
    start,
    stopAll,
    secrets,
    running: () => [...hubs].map(({ hub }) => hub).filter((hub) => hub.isRunning()),
    printed: () => [...hubs].map(({ role }) => role.printed()).join('\n'),
    [Symbol.asyncDispose]: stopAll,
  };
}

async function end(hub: Hub, problem: (text: string) => void): Promise<void> {
  const late = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => late.resolve('late'), END_WITHIN_MS);
  const code = await Promise.race([hub.stop(), late.promise]);
  clearTimeout(timer);
  if (code === 0) return;
  problem(`a ${hub.role} that was told to end: ${code === 'late' ? 'did not' : `exit code ${code}`}`);
  if (code === 'late') await hub.kill();
}

/** Every credential, password and key; addresses, names and public halves are none. */
function secretsOf({ environment, direct }: HubsOptions): readonly string[] {
  const isSecret = /SECRET|TOKEN$|PASSWORD|PRIVATE_KEY|API_KEY|Password$/;
  const given = Object.entries(environment).flatMap(([name, value]) => (isSecret.test(name) ? value.split('\n') : []));
  return [...given, decodeURIComponent(new URL(direct).password)].filter(
    (value) => value.length >= 12 && !value.startsWith('-----'),
  );
}
