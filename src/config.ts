import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { authOf, type AuthConfig } from './config-auth.ts';
import { modelShape, modelsOf, modelVariables, type ModelConfig } from './config-models.ts';
import { readTemplates } from './config-templates.ts';
import { toolShapes, toolsOf, type ToolsConfig } from './config-tools.ts';
import type { AdapterListing, Credentials } from './model/adapter.ts';
import { budgetsShape, type BudgetConfig } from './model/budget-shape.ts';
import { Failure } from './model/failure.ts';
import type { Platform } from './model/platform.ts';
import type { PolicyLayer } from './model/policy.ts';
import { placeShape, policyShape } from './model/policy-shape.ts';

/** The environment as the operating system gives it; tests give their own. */
export type Environment = Readonly<Record<string, string | undefined>>;

export const processEnvironment: Environment = process.env;

/** A platform whose credentials are there. */
export type ConfiguredApp = { readonly listing: AdapterListing; readonly credentials: Credentials };

/** A platform that is not connected, and the variables that would connect it. */
export type MissingApp = {
  readonly listing: AdapterListing;
  readonly missing: readonly string[];
  readonly partly: boolean;
};

/** The policy of a place; an empty install or channel means all of them. */
export type PlacePolicy = {
  readonly platform: Platform;
  readonly install: string;
  readonly channel: string;
  readonly policy: PolicyLayer;
};

export type Config = {
  readonly host: string;
  readonly port: number;
  /** Where a worker serves its health and metrics; undefined: nowhere. */
  readonly workerPort: number | undefined;
  /** Where platforms deliver to, as far as it was told. */
  readonly publicUrl: string | undefined;
  /** Where the bundled PostgreSQL keeps its data: absolute. */
  readonly dataFolder: string;
  readonly dataFolderChosen: boolean;
  /** A server of the user's own. Holds a password. */
  readonly databaseUrl: string | undefined;
  readonly logLevel: string;
  /** Turns at once in one worker process. */
  readonly concurrency: number;
  /** In the order in which they are tried. */
  readonly models: readonly [ModelConfig, ...ModelConfig[]];
  /** Keys that seal tenants' secrets, newest first; undefined: one of this machine's own. */
  readonly vaultKeys: string | undefined;
  readonly tools: ToolsConfig;
  readonly auth: AuthConfig;
  readonly persona: { readonly name: string; readonly instructions: string };
  /** Where nobody can tell whether a post was made: it may be doubled, or the answer may be missing. */
  readonly inDoubt: 'repeat' | 'leave';
  /** How the bot behaves, and where it behaves otherwise. */
  readonly policy: PolicyLayer;
  readonly places: readonly PlacePolicy[];
  readonly budgets: readonly BudgetConfig[];
  /** Wordings of prompts: what is new of them becomes a version at the start. */
  readonly templates: readonly { readonly path: string; readonly source: string }[];
  readonly apps: readonly ConfiguredApp[];
  readonly missing: readonly MissingApp[];
  /** Every value that must not be written anywhere. */
  readonly secrets: readonly string[];
};

const Variables = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  WORKER_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  SWITCHBOARD_URL: z.url({ protocol: /^https?$/, error: 'must be an address: https://…' }).optional(),
  SWITCHBOARD_DATA: z.string().optional(),
  SWITCHBOARD_CONFIG: z.string().optional(),
  SWITCHBOARD_CONCURRENCY: z.coerce.number().int().min(1).max(2_000).default(256),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  SWITCHBOARD_SECRET: z.string().optional(),
  ...modelVariables,
});

const File = z.strictObject({
  name: z.string().min(1).max(80).default('Switchboard'),
  instructions: z.string().max(20_000).default(''),
  /** Where nobody can tell whether a post was made: make it again, or leave it and say so. */
  inDoubt: z.enum(['repeat', 'leave']).default('repeat'),
  budgets: budgetsShape.default([]),
  models: z.array(modelShape).max(100).default([]),
  ...toolShapes,
  /** Their paths, from the folder of this file. */
  templates: z.array(z.string().min(1)).max(200).default([]),
  policy: policyShape.default({}),
  places: z.array(placeShape).max(10_000).default([]),
});

const DEFAULT_FILE = 'switchboard.config.yaml';

/**
 * Everything that can be set, read once. Blank variables count as unset.
 * @throws Failure `invalid` that names the variable or the line of the file to mend, never a value.
 */
export function readConfig(all: Environment, listings: readonly AdapterListing[], folder: string): Config {
  const environment = Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const variables = readVariables(environment);
  const apps = listings.map((listing) => ({
    listing,
    credentials: pick(environment, [...listing.required, ...listing.optional]),
  }));
  const {
    inDoubt,
    policy,
    places,
    budgets,
    models: inFile,
    mcpServers,
    plugins,
    tools: allowed,
    templates,
    ...persona
  } = readFile(variables.SWITCHBOARD_CONFIG, folder);
  const given = toolsOf({ mcpServers, plugins, tools: allowed }, environment, folderOf(variables, folder));
  const { auth, secrets: authSecrets } = authOf(environment);
  const models = modelsOf(inFile, variables, environment);
  const lacking = ({ listing, credentials }: ConfiguredApp): string[] =>
    listing.required.filter((name) => credentials[name] === undefined);
  const config: Config = {
    host: variables.HOST,
    port: variables.PORT,
    workerPort: variables.WORKER_PORT,
    publicUrl: variables.SWITCHBOARD_URL,
    dataFolder: resolve(folder, variables.SWITCHBOARD_DATA ?? 'data'),
    dataFolderChosen: variables.SWITCHBOARD_DATA !== undefined,
    databaseUrl: variables.DATABASE_URL,
    logLevel: variables.LOG_LEVEL,
    concurrency: variables.SWITCHBOARD_CONCURRENCY,
    models,
    tools: given.tools,
    auth,
    vaultKeys: variables.SWITCHBOARD_SECRET,
    persona,
    inDoubt,
    policy: layerOf(policy),
    places: places.map(({ platform, install, channel, ...own }) => ({
      platform,
      install,
      channel,
      policy: layerOf(own),
    })),
    budgets,
    templates: readTemplates(templates, folderOf(variables, folder)),
    apps: apps.filter((app) => lacking(app).length === 0),
    missing: missingOf(apps, lacking),
    secrets: [...secretsOf(variables, apps, models), ...given.secrets, ...authSecrets],
  };
  return Object.freeze(config);
}

function missingOf(
  apps: readonly ConfiguredApp[],
  lacking: (app: ConfiguredApp) => readonly string[],
): readonly MissingApp[] {
  return apps.flatMap((app) => {
    const missing = lacking(app);
    const partly = missing.length < app.listing.required.length;
    return missing.length === 0 ? [] : [{ listing: app.listing, missing, partly }];
  });
}

function readVariables(environment: Environment): z.infer<typeof Variables> {
  const parsed = Variables.safeParse(environment);
  if (!parsed.success)
    throw new Failure(
      'invalid',
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    );
  return parsed.data;
}

/** Without what was not said. */
function layerOf(given: z.infer<typeof policyShape>): PolicyLayer {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function pick(environment: Environment, names: readonly string[]): Credentials {
  return Object.fromEntries(
    names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
}

/** Where the file is: what it names is seen from there. */
const folderOf = ({ SWITCHBOARD_CONFIG: name }: z.infer<typeof Variables>, folder: string): string =>
  dirname(resolve(folder, name ?? DEFAULT_FILE));

function readFile(name: string | undefined, folder: string): z.infer<typeof File> {
  const path = name === undefined ? resolve(folder, DEFAULT_FILE) : isAbsolute(name) ? name : resolve(folder, name);
  if (!existsSync(path)) {
    if (name !== undefined) throw new Failure('invalid', `SWITCHBOARD_CONFIG names a file that is not there: ${path}`);
    return File.parse({});
  }
  try {
    return File.parse(parse(readFileSync(path, 'utf8')) ?? {});
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : 'unreadable';
    throw new Failure('invalid', `${path}: ${reason}`, { cause: error });
  }
}

/** Addresses are no secrets, and useful in a log; every other credential is. */
function secretsOf(
  variables: z.infer<typeof Variables>,
  apps: readonly ConfiguredApp[],
  models: readonly ModelConfig[],
): readonly string[] {
  const given = apps.flatMap(({ listing, credentials }) => listing.required.map((name) => credentials[name]));
  const password =
    variables.DATABASE_URL === undefined ? undefined : decodeURIComponent(new URL(variables.DATABASE_URL).password);
  const keys = [...models.map(({ apiKey }) => apiKey), ...(variables.SWITCHBOARD_SECRET?.split(',') ?? [])];
  const all = [...given, variables.OPENAI_API_KEY, variables.ANTHROPIC_API_KEY, ...keys, password];
  return [...new Set(all.flatMap((value) => (value === undefined || value === '' ? [] : [value])))];
}
