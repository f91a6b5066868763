import { text } from 'node:stream/consumers';
import { listings } from '../adapters/listings.ts';
import { openApp, runAlone, type App, type Role } from './app.ts';
import { processEnvironment, readConfig, type Config } from './config.ts';
import { deadLetters } from './dead-letters.ts';
import { openDatabase, type Database } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { openServer } from './db/server.ts';
import { Failure } from './model/failure.ts';
import { organizationId, threadId } from './model/ids.ts';
import { openLog } from './observe/log.ts';
import { manifest } from './manifest.ts';
import { models } from './models.ts';
import { reseal } from './reseal.ts';
import { post, schedules } from './schedules.ts';
import { migrateQueue } from './queue/worker.ts';
import { templates } from './templates.ts';

const USAGE =
  'usage: node src/main.ts [all | web | worker | migrate | dead-letters [redrive all | redrive TURN…] | schedules … | post … | models … | templates … | reseal | manifest PLATFORM https://HOST]';

/** Milliseconds from a signal to the end, whatever is still open: within the 60 s that hosts give. */
const END_WITHIN_MS = 55_000;

/** Runs what the command line says. Ends the process only when it fails, or at a signal. */
export async function runCommand(words: readonly string[]): Promise<void> {
  try {
    await main(words);
  } catch (error) {
    const unexpected = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`switchboard: ${error instanceof Failure ? error.message : unexpected}\n`);
    process.exit(1);
  }
}

async function main([role = 'all', ...rest]: readonly string[]): Promise<void> {
  const config = readConfig(processEnvironment, listings, process.cwd());
  const command = Object.hasOwn(COMMANDS, role) ? COMMANDS[role] : undefined;
  if (command !== undefined) return command(config, rest);
  if (!isRole(role)) throw new Failure('invalid', USAGE);
  process.stdout.write(introduction(config));
  const app = await openApp(config, role);
  // Before anything is said: whoever reads that it runs may end it at once.
  endOnSignal(app);
  if (role !== 'web') process.stdout.write(`  answering up to ${config.concurrency} conversations at once\n`);
  if (app.firstRun !== undefined) process.stdout.write(`  nobody is signed up: within an hour, open ${app.firstRun}\n`);
  if (app.url !== undefined) process.stdout.write(`  listening on ${app.url}\n`);
}

type Command = (config: Config, words: readonly string[]) => Promise<void>;

const platformsOf = ({ apps }: Config) => apps.map((app) => app.listing.platform);

/** What is done once, and then the program ends. */
const COMMANDS: Readonly<Record<string, Command>> = {
  migrate: migrateOnly,
  alone: workAlone,
  'dead-letters': (config, words) => printFrom(config, (db) => deadLetters(db, words)),
  schedules: (config, words) => printFrom(config, (db) => schedules(db, platformsOf(config), words)),
  post: (config, words) => printFrom(config, (db) => post(db, platformsOf(config), words)),
  models: (config, words) => printFrom(config, (db) => models({ db, readInput, ...config }, words)),
  reseal: (config) => printFrom(config, (db) => reseal({ db, ...config })),
  templates: (config, words) => printFrom(config, (db) => templates(db, config.persona, words)),
  async manifest(config, words) {
    const about = { name: config.persona.name, environment: processEnvironment };
    process.stdout.write(await manifest(about, listings, words));
  },
};

function isRole(text: string): text is Role {
  return text === 'all' || text === 'web' || text === 'worker';
}

/** For a release step: brings the database up to date and ends. */
async function migrateOnly(config: Config): Promise<void> {
  const log = openLog({ level: config.logLevel, secrets: config.secrets, pretty: false });
  await using server = await openServer(config, log);
  await migrate(server.url, migrateQueue);
  process.stdout.write('the database is up to date\n');
}

async function printFrom(config: Config, say: (db: Database) => Promise<string>): Promise<void> {
  const log = openLog({ level: config.logLevel, secrets: config.secrets, pretty: false });
  await using server = await openServer(config, log);
  await using db = openDatabase(server.url, 1);
  process.stdout.write(await say(db));
}

/** What is piped in: a key is never given on the command line, where others can read it. */
const readInput = async (): Promise<string> => (process.stdin.isTTY ? '' : text(process.stdin));

/** Started by a worker, never by hand: one thread whose turn seems to end processes. Its parent's end is its own. */
async function workAlone(config: Config, [organization = '', thread = '']: readonly string[]): Promise<void> {
  const ending = new AbortController();
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(event, () => ending.abort());
  await runAlone(config, organizationId(organization), threadId(thread), ending.signal);
  process.exit(0);
}

/** What is connected, what is missing and how to add it; the model first. Never a value of a credential. */
function introduction(config: Config): string {
  const { models, apps, missing } = config;
  const [model, ...more] = models;
  const behind = more.length === 0 ? '' : `; when it fails, ${more.map(({ name }) => name).join(', ')}`;
  const first =
    model.protocol === 'demo' && more.length === 0
      ? 'switchboard: no model is connected, so the demo model answers. Set OPENAI_API_KEY, ANTHROPIC_API_KEY or OPENAI_BASE_URL (Ollama, vLLM).'
      : `switchboard: ${model.model} answers (${model.protocol}${model.baseUrl === undefined ? '' : ` at ${new URL(model.baseUrl).host}`})${behind}.`;
  const width = Math.max(...[...apps, ...missing].map((app) => app.listing.title.length));
  const lines = [
    ...apps.map(
      ({ listing }) =>
        `  ${listing.title.padEnd(width)}  connected      ${['/hooks/' + listing.platform, ...listing.paths].join(', ')}`,
    ),
    ...missing.map(
      ({ listing, missing: names }) =>
        `  ${listing.title.padEnd(width)}  not connected  set ${names.join(', ')}: ${listing.howToConnect}`,
    ),
  ];
  return `${[first, ...lines].join('\n')}\n`;
}

function endOnSignal(app: App): void {
  let ending = false;
  const end = (signal: string): void => {
    if (ending) process.exit(130);
    ending = true;
    app.log.info({ signal }, 'ending: running answers are finished or handed over');
    setTimeout(() => process.exit(1), END_WITHIN_MS).unref();
    app[Symbol.asyncDispose]().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
}
