import { parseArgs } from 'node:util';
import { openTarget } from './agent/models.ts';
import { tryModel } from './agent/try-model.ts';
import { modelShape, type ModelConfig } from './config-models.ts';
import { DEFAULT_ORGANIZATION } from './db/apps.ts';
import { forgetBreaker, readBreakers } from './db/breakers.ts';
import { inOrganization, type Database } from './db/database.ts';
import { keyPurpose, readTargets, removeTarget, saveTarget, type ReadTarget, type StoredTarget } from './db/targets.ts';
import { verdictOf } from './llm/breaker.ts';
import { PROTOCOLS } from './llm/open.ts';
import { costOf, FREE } from './llm/price.ts';
import type { Target } from './llm/target.ts';
import { Failure } from './model/failure.ts';
import { openKeyRing } from './vault/keys.ts';
import { seal } from './vault/seal.ts';

const USAGE = `usage: node src/main.ts models [list]
       node src/main.ts models test NAME
       node src/main.ts models add NAME --protocol openai-chat|openai-responses|anthropic --model MODEL [--url https://HOST/v1]
         [--window TOKENS] [--region NAME] [--retention none|kept|trains] [--free] [--no-tools] [--sees]
         [--embeddings MODEL]   (the key: by standard input)
       node src/main.ts models remove NAME
       node src/main.ts models wake NAME`;

const OPTIONS = {
  protocol: { type: 'string' },
  model: { type: 'string' },
  url: { type: 'string' },
  embeddings: { type: 'string' },
  window: { type: 'string' },
  region: { type: 'string' },
  retention: { type: 'string' },
  free: { type: 'boolean', default: false },
  'no-tools': { type: 'boolean', default: false },
  sees: { type: 'boolean', default: false },
} as const;

/** What the command needs of the program. */
export type ModelsContext = {
  readonly db: Database;
  readonly models: readonly ModelConfig[];
  readonly vaultKeys: string | undefined;
  readonly dataFolder: string;
  /** What came by standard input. */
  readonly readInput: () => Promise<string>;
};

const DEADLINES = { firstTokenMs: 30_000, idleMs: 15_000, totalMs: 60_000 };

/**
 * `models` lists an organization's models, tries one, adds and removes them, and has a rested one asked again.
 * @returns what is to be printed.
 * @throws Failure `invalid` that says how it is meant.
 */
export async function models(context: ModelsContext, words: readonly string[]): Promise<string> {
  const [verb = 'list', name = '', ...rest] = words;
  if (verb === 'list') return list(context);
  if (name === '') throw new Failure('invalid', USAGE);
  if (verb === 'test') return tryOne(context, name);
  if (verb === 'add') return add(context, name, rest);
  if (verb === 'remove') return remove(context, name);
  if (verb === 'wake') return wake(context, name);
  throw new Failure('invalid', USAGE);
}

async function list(context: ModelsContext): Promise<string> {
  const [rows, breakers] = await inOrganization(context.db, DEFAULT_ORGANIZATION, (tx) =>
    Promise.all([readTargets(tx), readBreakers(tx)]),
  );
  if (rows.length === 0) return 'There are no models.\n';
  const lines = await Promise.all(
    rows.map(async (row, index) => {
      const state = breakers.states.get(row.name);
      const health = state === undefined ? 'closed' : verdictOf(state, breakers.now);
      const opened = await open(context, row).catch((thrown: Error) => thrown);
      const about = opened instanceof Error ? `cannot be used: ${opened.message}` : described(opened);
      const rests = health === 'closed' ? '' : `, rests (${state?.open?.after ?? ''})`;
      return `${index + 1}. ${row.name} (${row.origin}): ${row.model} by ${row.protocol}, ${about}${rests}\n`;
    }),
  );
  return lines.join('');
}

function described({ price, windowTokens, region, retention, can }: Target): string {
  const tokens = { inputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0 };
  // Of a short call: long ones may have a price of their own.
  const dollars = (usage: object): string => {
    const thousand = price === undefined ? undefined : costOf(price, { ...tokens, ...usage });
    return thousand === undefined ? '?' : (thousand * 1_000).toFixed(3);
  };
  const cost =
    price === undefined
      ? 'price not known: not asked'
      : `$${dollars({ inputTokens: 1_000 })}/$${dollars({ outputTokens: 1_000 })} per million`;
  const senses = [can.tools ? 'tools' : 'no tools', can.sees ? 'sees' : 'does not see'].join(', ');
  return `${windowTokens} tokens, ${senses}, ${region ?? 'region not known'}, ${retention}, ${cost}`;
}

async function tryOne(context: ModelsContext, name: string): Promise<string> {
  const { text, ms } = await tryModel(await open(context, await rowOf(context, name)), DEADLINES.totalMs);
  return `${name} answered in ${(ms / 1000).toFixed(1)} s: ${text}\n`;
}

async function add(context: ModelsContext, name: string, rest: readonly string[]): Promise<string> {
  const { values } = parseArgs({ args: [...rest], options: OPTIONS, strict: true });
  const target = targetOf(name, values);
  if (context.models.some((model) => model.name === name))
    throw new Failure('invalid', `${name} is in the configuration: change it there`);
  const key = (await context.readInput()).trim();
  const ring = await openKeyRing(context.vaultKeys, context.dataFolder);
  const sealedKey = key === '' ? null : await seal(ring, key, keyPurpose(DEFAULT_ORGANIZATION, name));
  await inOrganization(context.db, DEFAULT_ORGANIZATION, async (tx) => {
    await saveTarget(tx, { ...target, sealedKey });
    await forgetBreaker(tx, name);
  });
  return `${name} is added${key === '' ? ' without a key' : ', its key sealed'}. Try it: models test ${name}\n`;
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

function targetOf(
  name: string,
  { url, window, free, sees, embeddings, 'no-tools': toolless, ...values }: Values,
): StoredTarget {
  const wanted = {
    name,
    ...values,
    baseUrl: url,
    embeddingModel: embeddings,
    window: window === undefined ? undefined : Number(window),
  };
  const given = modelShape.safeParse(
    Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)),
  );
  if (!given.success) {
    const [issue] = given.error.issues;
    throw new Failure('invalid', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}\n${USAGE}`);
  }
  // What a plugin brings has its settings in the configuration, and so its models.
  if (!PROTOCOLS.some((protocol) => protocol === given.data.protocol))
    throw new Failure('invalid', `protocol: one of ${PROTOCOLS.join(', ')}\n${USAGE}`);
  const {
    protocol,
    model,
    baseUrl = null,
    embeddingModel = null,
    maxOutput,
    region = null,
    retention,
    quality,
  } = given.data;
  return {
    name,
    origin: 'console',
    protocol,
    model,
    baseUrl,
    sealedKey: null,
    hearingModel: null,
    embeddingModel,
    tools: !toolless,
    sees,
    windowTokens: given.data.window,
    maxOutputTokens: maxOutput,
    region,
    retention,
    price: free ? FREE : null,
    quality,
    qualityFor: {},
  };
}

async function remove({ db, models: configured }: ModelsContext, name: string): Promise<string> {
  if (configured.some((model) => model.name === name))
    throw new Failure('invalid', `${name} is in the configuration: take it out of there`);
  const gone = await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => removeTarget(tx, name));
  if (!gone) throw new Failure('invalid', `there is no model ${name}`);
  return `${name} is removed, with its key.\n`;
}

async function wake(context: ModelsContext, name: string): Promise<string> {
  await rowOf(context, name);
  await inOrganization(context.db, DEFAULT_ORGANIZATION, (tx) => forgetBreaker(tx, name));
  return `${name} is asked again.\n`;
}

async function rowOf({ db }: ModelsContext, name: string): Promise<ReadTarget> {
  const row = (await inOrganization(db, DEFAULT_ORGANIZATION, readTargets)).find((one) => one.name === name);
  if (row === undefined) throw new Failure('invalid', `there is no model ${name}`);
  return row;
}

function open(
  { models: configured, vaultKeys, dataFolder }: Omit<ModelsContext, 'db'>,
  row: ReadTarget,
): Promise<Target> {
  const own = new Map(configured.map(({ name, apiKey, demoAnswer }) => [name, { apiKey, demoAnswer }]));
  const keys = () => openKeyRing(vaultKeys, dataFolder);
  return openTarget({ configured: own, deadlines: DEADLINES, keys }, DEFAULT_ORGANIZATION, row);
}
