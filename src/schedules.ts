import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DEFAULT_ORGANIZATION, environmentApp } from './db/apps.ts';
import { inOrganization, type Database, type Transaction } from './db/database.ts';
import {
  addSchedule,
  knownInstalls,
  listSchedules,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  type NewSchedule,
  type Schedule,
  type When,
  type Whereto,
} from './db/schedules.ts';
import { Failure } from './model/failure.ts';
import { momentIn, requireTimeZone } from './model/occurrence.ts';
import { PLATFORMS, type Platform } from './model/platform.ts';
import { storable } from './model/storable.ts';

const WHERE = '--platform NAME --install ID (--channel ID [--title TEXT] | --person ID) --text TEXT [--ask]';
const USAGE = `usage: node src/main.ts schedules [list]
       node src/main.ts schedules add ${WHERE} (--at TIME | --cron 'M H D M W') [--zone Europe/Vienna]
       node src/main.ts schedules pause | resume | remove ID
       node src/main.ts post ${WHERE}`;

/** Characters: an answer of a model may be as long. */
const MOST_TEXT = 40_000;

const OPTIONS = {
  platform: { type: 'string' },
  install: { type: 'string' },
  channel: { type: 'string' },
  person: { type: 'string' },
  title: { type: 'string' },
  text: { type: 'string' },
  ask: { type: 'boolean', default: false },
  at: { type: 'string' },
  cron: { type: 'string' },
  zone: { type: 'string', default: 'UTC' },
} as const;

/**
 * `schedules` lists, adds, pauses, resumes and removes what is said by itself.
 * @param connected the platforms that credentials are there for.
 * @returns what is to be printed.
 * @throws Failure `invalid` that says how it is meant.
 */
export async function schedules(
  db: Database,
  connected: readonly Platform[],
  [verb = 'list', ...words]: readonly string[],
): Promise<string> {
  if (verb === 'add') return add(db, connected, words, whenOf);
  if (verb === 'list' && words.length === 0) {
    const all = await inOrganization(db, DEFAULT_ORGANIZATION, listSchedules);
    return all.length === 0 ? 'there are no schedules\n' : all.map(describe).join('');
  }
  const [id, ...more] = words;
  if ((verb !== 'pause' && verb !== 'resume' && verb !== 'remove') || id === undefined || more.length > 0)
    throw new Failure('invalid', USAGE);
  return inOrganization(db, DEFAULT_ORGANIZATION, (tx) => change(tx, verb, id));
}

/** `post` has something said now, by a running worker. @throws as `schedules`. */
export async function post(db: Database, connected: readonly Platform[], words: readonly string[]): Promise<string> {
  await add(db, connected, words, ({ at, cron }) => {
    if (at !== undefined || cron !== undefined)
      throw new Failure('invalid', 'post says it now: for another time use schedules add');
    return { at: new Date() };
  });
  return 'it is said as soon as a worker runs; what became of it stands in its log, and in dead-letters if it failed\n';
}

type Options = ReturnType<typeof read>;

async function add(
  db: Database,
  connected: readonly Platform[],
  words: readonly string[],
  when: (options: Options) => When,
): Promise<string> {
  const options = read(words);
  const schedule = scheduleOf(options, connected, when);
  const added = await inOrganization(db, DEFAULT_ORGANIZATION, async (tx) => {
    await requireInstall(tx, schedule);
    return addSchedule(tx, schedule);
  });
  return `added\n${describe(added)}`;
}

function read(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (thrown) {
    throw new Failure('invalid', `${thrown instanceof Error ? thrown.message : 'what is this?'}\n${USAGE}`);
  }
}

function scheduleOf(options: Options, connected: readonly Platform[], when: (options: Options) => When): NewSchedule {
  const platform = connected.find((name) => name === options.platform);
  if (platform === undefined)
    throw new Failure('invalid', `--platform must be one that is connected: ${connected.join(', ') || 'none is'}`);
  const install = required(
    options.install,
    'install',
    'the platform’s id of the workspace, guild, tenant or installation',
  );
  const text = storable(required(options.text, 'text', 'what is said, or asked with --ask'));
  if (text.length > MOST_TEXT) throw new Failure('invalid', `--text has more than ${MOST_TEXT} characters`);
  return {
    app: environmentApp(platform),
    install,
    to: wheretoOf(options),
    kind: options.ask ? 'ask' : 'say',
    text,
    when: when(options),
    createdBy: 'command line',
  };
}

function wheretoOf({ channel, person, title }: Options): Whereto {
  if ((channel === undefined) === (person === undefined))
    throw new Failure('invalid', 'name either --channel or --person, by the platform’s id');
  if (person !== undefined) return { person: required(person, 'person', 'the platform’s id of somebody') };
  const id = required(channel, 'channel', 'the platform’s id of a channel');
  return title === undefined ? { channel: id } : { channel: id, title: required(title, 'title', 'a thread’s name') };
}

function whenOf({ at, cron, zone }: Options): When {
  if ((at === undefined) === (cron === undefined)) throw new Failure('invalid', 'name either --at or --cron');
  requireTimeZone(zone);
  if (cron !== undefined) return { cron, timeZone: zone };
  const moment = momentOf(at ?? '', zone);
  if (moment === undefined)
    throw new Failure('invalid', '--at must be a time as 2027-01-31T09:00 (in --zone) or 2027-01-31T09:00:00+01:00');
  if (moment.getTime() <= Date.now())
    throw new Failure('invalid', `--at is over: it was ${moment.toISOString()}. To say something now use post`);
  return { at: moment };
}

/** ISO 8601 with an offset; without one it is what the clocks of the zone show. */
const Moment = z.iso.datetime({ offset: true, local: false });

function momentOf(text: string, zone: string): Date | undefined {
  const whole = text.replace(/(T\d\d:\d\d)(?=Z|[+-])/, '$1:00');
  return Moment.safeParse(whole).success ? new Date(whole) : momentIn(zone, text);
}

function required(value: string | undefined, name: string, what: string): string {
  if (value === undefined || value.trim() === '')
    throw new Failure('invalid', `--${name} is missing: ${what}\n${USAGE}`);
  return value;
}

/** A mistyped install would be found out only when it is said. Before anything was heard nothing is known. */
async function requireInstall(tx: Transaction, { app, install }: NewSchedule): Promise<void> {
  const known = await knownInstalls(tx, app);
  if (known.length > 0 && !known.includes(install))
    throw new Failure(
      'invalid',
      `--install ${install.slice(0, 80)} is not known; known are: ${known.slice(0, 20).join(', ')}`,
    );
}

async function change(tx: Transaction, verb: 'pause' | 'resume' | 'remove', id: string): Promise<string> {
  if (!z.uuid().safeParse(id).success)
    throw new Failure('invalid', `${id.slice(0, 60)} is no schedule: take the first word of a line of the list`);
  const missing = (): never => {
    throw new Failure('invalid', `there is no schedule ${id}`);
  };
  if (verb === 'resume') return describe((await resumeSchedule(tx, id)) ?? missing());
  const found = verb === 'pause' ? await pauseSchedule(tx, id) : await removeSchedule(tx, id);
  return found ? `${verb}d\n` : missing();
}

function describe({ id, app, install, to, kind, text, cron, timeZone, nextAt, paused }: Schedule): string {
  const next = paused ? 'paused' : (nextAt?.toISOString() ?? 'never again');
  const often = cron === undefined ? '' : ` (${cron}, ${timeZone})`;
  const where = 'person' in to ? `person ${to.person}` : `channel ${to.channel}`;
  const platform = PLATFORMS.find((name) => environmentApp(name) === app) ?? '';
  const verb = kind === 'ask' ? 'asks' : 'says';
  return `${id} ${next}${often} ${platform} ${install} ${where}\n  ${verb}: ${text.replaceAll(/\s+/g, ' ').slice(0, 200)}\n`;
}
