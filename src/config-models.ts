import { z } from 'zod';
import { Failure } from './model/failure.ts';

/** A model as the configuration has it. */
export type ModelConfig = {
  readonly name: string;
  /** `openai-chat`, `openai-responses`, `anthropic`, `demo`, or one that a plugin brings. */
  readonly protocol: string;
  readonly model: string;
  /** Absent: the vendor's own. */
  readonly baseUrl: string | undefined;
  readonly apiKey: string | undefined;
  /** The model that hears recordings, where somebody has named one. */
  readonly hearingModel: string | undefined;
  /** The model that tells what texts mean, where somebody has named one. */
  readonly embeddingModel: string | undefined;
  readonly tools: boolean;
  /** Whether it is shown images. */
  readonly sees: boolean;
  readonly windowTokens: number;
  readonly maxOutputTokens: number;
  readonly region: string | undefined;
  readonly retention: 'none' | 'kept' | 'trains';
  /** US dollars per million tokens; undefined: as the catalogue has it. */
  readonly price: PriceConfig | undefined;
  readonly quality: number;
  readonly qualityFor: Readonly<Record<string, number>>;
  /** What the demo model says to every question, for measurements. */
  readonly demoAnswer: string | undefined;
};

const rate = z.number().nonnegative().max(1_000_000);
const rates = { input: rate, cachedInput: rate, cacheWrite: rate, output: rate };
const price = z.strictObject({
  ...rates,
  tiers: z
    .array(z.strictObject({ ...rates, aboveInputTokens: z.int().positive() }))
    .max(10)
    .optional(),
});
type PriceConfig = { readonly kind: 'set' } & z.infer<typeof price>;

const share = z.number().min(0).max(1);

/** One entry of `models:` in the file. */
export const modelShape = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,59}$/i, 'must be letters, digits, `.`, `_` and `-`, at most 60'),
  protocol: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, 'must be a protocol’s name, as openai-chat'),
  model: z.string().min(1).max(200),
  baseUrl: z.url().optional(),
  /** The name of the environment variable that has the key: a file is no place for it. */
  key: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,99}$/, 'must be the name of an environment variable, as GROQ_API_KEY')
    .optional(),
  hearingModel: z.string().min(1).max(200).optional(),
  embeddingModel: z.string().min(1).max(200).optional(),
  tools: z.boolean().default(true),
  sees: z.boolean().optional(),
  window: z.int().min(1_000).max(100_000_000).default(128_000),
  maxOutput: z.int().min(256).max(10_000_000).default(16_384),
  region: z.string().min(1).max(40).optional(),
  retention: z.enum(['none', 'kept', 'trains']).default('kept'),
  price: z.union([z.literal('free'), price]).optional(),
  quality: share.default(0.5),
  qualityFor: z.record(z.string().min(1).max(40), share).default({}),
});

/** Variables that set up one model without a file. */
export const modelVariables = {
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: z.url().optional(),
  OPENAI_MODEL: z.string().optional(),
  OPENAI_PROTOCOL: z.enum(['chat', 'responses']).optional(),
  OPENAI_HEARING_MODEL: z.string().optional(),
  OPENAI_EMBEDDING_MODEL: z.string().optional(),
  ANTHROPIC_API_KEY: z.string().optional(),
  ANTHROPIC_BASE_URL: z.url().optional(),
  ANTHROPIC_MODEL: z.string().optional(),
  SWITCHBOARD_MODEL_SEES: z.enum(['yes', 'no']).optional(),
  /** `free`, or dollars per million tokens in and out, as `0.25/2`. */
  SWITCHBOARD_MODEL_PRICE: z
    .string()
    .regex(/^(free|\d+(\.\d+)?\/\d+(\.\d+)?)$/, 'must be `free`, or dollars per million tokens in and out, as 0.25/2')
    .optional(),
  SWITCHBOARD_DEMO_ANSWER: z.string().optional(),
};
type Variables = z.infer<z.ZodObject<typeof modelVariables>>;

const FREE: PriceConfig = { kind: 'set', input: 0, cachedInput: 0, cacheWrite: 0, output: 0 };
const DEFAULT_OPENAI_MODEL = 'gpt-5-mini';
const DEFAULT_ANTHROPIC_MODEL = 'claude-sonnet-4-5';
const OWN_MACHINE = /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:|\/|$)/;

/**
 * The models in the order in which they are tried: those of the file, else the one that the variables name, else the demo.
 * @throws Failure `invalid` that names the model and the variable to set.
 */
export function modelsOf(
  inFile: readonly z.infer<typeof modelShape>[],
  variables: Variables,
  environment: Readonly<Record<string, string | undefined>>,
): readonly [ModelConfig, ...ModelConfig[]] {
  const names = inFile.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Failure('invalid', `models: two are called ${twice}: give each a name of its own`);
  const [first, ...others] = inFile.map((model) => fromFile(model, variables, environment));
  return first === undefined ? [fromVariables(variables)] : [first, ...others];
}

function fromFile(
  {
    key,
    sees,
    window,
    maxOutput,
    price: given,
    hearingModel,
    embeddingModel,
    region,
    baseUrl,
    ...model
  }: z.infer<typeof modelShape>,
  { SWITCHBOARD_DEMO_ANSWER: demoAnswer }: Variables,
  environment: Readonly<Record<string, string | undefined>>,
): ModelConfig {
  const apiKey = key === undefined ? undefined : environment[key];
  if (key !== undefined && apiKey === undefined)
    throw new Failure('invalid', `models: ${model.name} has its key in ${key}, which is not set`);
  return {
    ...model,
    baseUrl,
    apiKey,
    hearingModel,
    embeddingModel,
    sees: sees ?? seesUsually(model.protocol, baseUrl),
    windowTokens: window,
    maxOutputTokens: maxOutput,
    region,
    price:
      given === 'free' ? FREE : given === undefined ? priceOfOwn(model.protocol, baseUrl) : { kind: 'set', ...given },
    demoAnswer,
  };
}

function fromVariables(variables: Variables): ModelConfig {
  const { OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_PROTOCOL, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL } = variables;
  if (OPENAI_API_KEY !== undefined || OPENAI_BASE_URL !== undefined) {
    // A server that merely speaks OpenAI's protocol knows Chat Completions; Responses only if it is said to.
    const responses =
      OPENAI_PROTOCOL === 'responses' || (OPENAI_PROTOCOL === undefined && OPENAI_BASE_URL === undefined);
    return single(variables, {
      protocol: responses ? 'openai-responses' : 'openai-chat',
      model: variables.OPENAI_MODEL ?? DEFAULT_OPENAI_MODEL,
      apiKey: OPENAI_API_KEY,
      baseUrl: OPENAI_BASE_URL,
      hearingModel: variables.OPENAI_HEARING_MODEL,
      embeddingModel: variables.OPENAI_EMBEDDING_MODEL,
    });
  }
  if (ANTHROPIC_API_KEY !== undefined)
    return single(variables, {
      protocol: 'anthropic',
      model: variables.ANTHROPIC_MODEL ?? DEFAULT_ANTHROPIC_MODEL,
      apiKey: ANTHROPIC_API_KEY,
      baseUrl: ANTHROPIC_BASE_URL,
      hearingModel: undefined,
      embeddingModel: undefined,
    });
  const nothing = { apiKey: undefined, baseUrl: undefined, hearingModel: undefined, embeddingModel: undefined };
  return single(variables, { protocol: 'demo', model: 'demo', ...nothing });
}

function single(
  { SWITCHBOARD_MODEL_SEES: said, SWITCHBOARD_MODEL_PRICE: given, SWITCHBOARD_DEMO_ANSWER: demoAnswer }: Variables,
  model: Pick<ModelConfig, 'protocol' | 'model' | 'apiKey' | 'baseUrl' | 'hearingModel' | 'embeddingModel'>,
): ModelConfig {
  const { protocol, baseUrl } = model;
  return {
    name: 'default',
    ...model,
    tools: true,
    sees: said === undefined ? seesUsually(protocol, baseUrl) : said === 'yes',
    windowTokens: 128_000,
    maxOutputTokens: 16_384,
    region: undefined,
    retention: 'kept',
    price: given === undefined ? priceOfOwn(protocol, baseUrl) : priceIn(given),
    quality: 0.5,
    qualityFor: {},
    demoAnswer,
  };
}

const VENDOR = /^https:\/\/([\w.-]+\.)?(openai\.com|anthropic\.com|openai\.azure\.com)(:|\/|$)/;

/** The vendors' models do; what another server has is not known. */
function seesUsually(protocol: ModelConfig['protocol'], baseUrl: string | undefined): boolean {
  return protocol !== 'demo' && (baseUrl === undefined || VENDOR.test(baseUrl));
}

/** What runs on this machine is paid for already. */
function priceOfOwn(protocol: ModelConfig['protocol'], baseUrl: string | undefined): PriceConfig | undefined {
  return protocol === 'demo' || (baseUrl !== undefined && OWN_MACHINE.test(baseUrl)) ? FREE : undefined;
}

function priceIn(text: string): PriceConfig {
  if (text === 'free') return FREE;
  const [input = 0, output = 0] = text.split('/').map(Number);
  return { kind: 'set', input, cachedInput: input, cacheWrite: input, output };
}
