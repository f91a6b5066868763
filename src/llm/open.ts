import { Failure } from '../model/failure.ts';
import { openAiEmbedding } from './openai-embedding.ts';
import { openAiHearing } from './openai-hearing.ts';
import { openDemo, type DemoSettings } from './demo.ts';
import { providerUrl } from './provider-url.ts';
import type { Deadlines, Provider } from './provider.ts';

export const PROTOCOLS = ['openai-chat', 'openai-responses', 'anthropic', 'demo'] as const;

/** Asks a server: as `fetch`, and where it may be asked. */
export type AskServer = (to: string | URL | Request, init?: RequestInit) => Promise<Response>;

export type ProviderSettings = {
  readonly protocol: (typeof PROTOCOLS)[number];
  /** For records and prices; absent: `openai`, `anthropic` or `demo` at the vendor's own address, else the host's name. */
  readonly name?: string | undefined;
  /** With the version where the protocol has one (`https://api.openai.com/v1`); absent: the vendor's own. */
  readonly baseUrl?: string | undefined;
  /** May be left out for a server of your own that asks for none. */
  readonly apiKey?: string | undefined;
  readonly deadlines: Deadlines;
  /** Absent: by `fetch`. */
  readonly ask?: AskServer | undefined;
  /** Whether the model is shown images. Absent: at the vendors' own addresses; what another server has is not known. */
  readonly sees?: boolean | undefined;
  /** The model that hears recordings. Absent: the vendor's at its own address, elsewhere none. */
  readonly hearingModel?: string | undefined;
  /** The model that tells what texts mean. Absent: the vendor's at its own address, elsewhere none. */
  readonly embeddingModel?: string | undefined;
  /** The demo model's speed. Default 40; 0: at once. */
  readonly demoTokensPerSecond?: number | undefined;
  /** Said at once by the demo model to every question; for measurements. */
  readonly demoAnswer?: string | undefined;
};

export const OPENAI_URL = 'https://api.openai.com/v1';
/** Of those that write down speech the one that costs half as much; see the SDK's `AudioModel`. */
const OPENAI_HEARING_MODEL = 'gpt-4o-mini-transcribe';
/** The cheaper of the two that shorten their vectors; see the SDK's `EmbeddingModel`. */
const OPENAI_EMBEDDING_MODEL = 'text-embedding-3-small';
export const ANTHROPIC_URL = 'https://api.anthropic.com';

/**
 * A model server, with its SDK loaded only if it is used. Retries are off: they are the route's.
 * @throws Failure `invalid` that names what to mend: an unsafe address, or a key that is missing.
 */
export async function openProvider(settings: ProviderSettings): Promise<Provider> {
  if (settings.protocol === 'demo') return openDemo(demoSettings(settings));
  return settings.protocol === 'anthropic' ? openAnthropic(settings) : openOpenAi(settings);
}

function demoSettings({ demoAnswer, demoTokensPerSecond }: ProviderSettings): DemoSettings {
  return demoAnswer === undefined
    ? { tokensPerSecond: demoTokensPerSecond ?? 40 }
    : { tokensPerSecond: 0, answer: demoAnswer };
}

async function openOpenAi(settings: ProviderSettings): Promise<Provider> {
  const baseURL = providerUrl(settings.baseUrl ?? OPENAI_URL);
  const genuine = isVendor(baseURL, /(^|\.)openai\.com$|\.openai\.azure\.com$/);
  const secret = keyOf(settings);
  if (genuine && secret === undefined) throw new Failure('invalid', 'OPENAI_API_KEY is not set');
  const { OpenAI } = await import('openai');
  const client = new OpenAI({
    baseURL,
    // Servers without keys (Ollama, vLLM) still get a header: the SDK insists on one.
    apiKey: secret ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    ...sdkOptions(settings),
  });
  const name = settings.name ?? (genuine ? 'openai' : new URL(baseURL).hostname);
  const { deadlines, sees = genuine } = settings;
  const { hearing, embedding } = besideModels(settings, genuine);
  const server = { client, secret, deadlines };
  const hear = hearing === undefined ? undefined : openAiHearing({ ...server, model: hearing });
  const embed = embedding === undefined ? undefined : openAiEmbedding({ ...server, model: embedding });
  const options = { name, ...server, genuine, sees, hear, embed };
  if (settings.protocol === 'openai-responses') {
    return (await import('./openai-responses.ts')).openAiResponses(options);
  }
  return (await import('./openai-chat.ts')).openAiChat(options);
}

/** What another server than the vendor's has beside is not known. */
function besideModels({ hearingModel, embeddingModel }: ProviderSettings, genuine: boolean) {
  return {
    hearing: hearingModel ?? (genuine ? OPENAI_HEARING_MODEL : undefined),
    embedding: embeddingModel ?? (genuine ? OPENAI_EMBEDDING_MODEL : undefined),
  };
}

async function openAnthropic(settings: ProviderSettings): Promise<Provider> {
  const baseURL = providerUrl(settings.baseUrl ?? ANTHROPIC_URL);
  const secret = keyOf(settings);
  // Without one the SDK would look for credentials in the machine's files.
  if (secret === undefined) throw new Failure('invalid', 'ANTHROPIC_API_KEY is not set');
  const { Anthropic } = await import('@anthropic-ai/sdk');
  const client = new Anthropic({ baseURL, apiKey: secret, openTelemetry: false, ...sdkOptions(settings) });
  const genuine = isVendor(baseURL, /(^|\.)anthropic\.com$/);
  const name = settings.name ?? (genuine ? 'anthropic' : new URL(baseURL).hostname);
  const { anthropicMessages } = await import('./anthropic.ts');
  const { deadlines, sees = genuine } = settings;
  return anthropicMessages({ name, client, secret, deadlines, sees });
}

/** What both SDKs take alike. A redirect is not followed: it would carry the key to another host. */
function sdkOptions({ deadlines: { totalMs: timeout }, ask }: ProviderSettings) {
  const given = ask === undefined ? {} : { fetch: ask };
  return { maxRetries: 0, timeout, logLevel: 'off', fetchOptions: { redirect: 'manual' }, ...given } as const;
}

function keyOf({ apiKey }: ProviderSettings): string | undefined {
  const key = apiKey?.trim();
  return key === '' ? undefined : key;
}

const isVendor = (url: string, host: RegExp): boolean => host.test(new URL(url).hostname);
