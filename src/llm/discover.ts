import { z } from 'zod';
import { Failure } from '../model/failure.ts';
import { ANTHROPIC_URL, OPENAI_URL, type ProviderSettings } from './open.ts';
import { providerUrl } from './provider-url.ts';

/** A server's models, the newest first, and the one that most people want; null: there is none to say so of. */
export type Discovered = { readonly models: readonly string[]; readonly suggested: string | null };

type Asked = Pick<ProviderSettings, 'protocol' | 'baseUrl' | 'apiKey' | 'ask'>;

/** `created` is OpenAI's, in seconds; `created_at` Anthropic's, as ISO time; servers of one's own often have neither. */
const One = z.object({
  id: z.string().min(1).max(200),
  created: z.number().nullish(),
  created_at: z.string().nullish(),
});
const Listed = z.object({ data: z.array(One).max(5_000) });
/** docs: Ollama, "List models": for servers of before it spoke OpenAI's protocol. */
const Tagged = z.object({ models: z.array(z.object({ name: z.string().min(1).max(200) })).max(5_000) });

const MOST = 200;
/** Bytes of a list: OpenAI's has some 20 kB. */
const MOST_BYTES = 2_000_000;

/** What vendors list beside what can be talked with. */
const NO_TALK =
  /embed|whisper|tts|transcribe|audio|realtime|image|dall-e|moderation|sora|babbage|davinci|instruct|search|computer-use|codex/i;

/** Families that most people want, the likeliest first: what is quick and good enough. */
const WANTED = [/^claude-sonnet-/, /^gpt-\d[\w.]*-mini$/, /^gpt-\d[\w.]*$/, /^(qwen|llama|mistral|gemma|gpt-oss)/];

/**
 * Asks a server which models it has. The demo has itself.
 * @throws Failure `unauthorized`: the key is not taken; `refused`, `invalid`: what else is wrong, and never the key.
 */
export async function discoverModels(asked: Asked, signal: AbortSignal): Promise<Discovered> {
  if (asked.protocol === 'demo') return { models: ['demo'], suggested: 'demo' };
  const base = providerUrl(asked.baseUrl ?? (asked.protocol === 'anthropic' ? ANTHROPIC_URL : OPENAI_URL));
  const path = asked.protocol === 'anthropic' ? '/v1/models?limit=1000' : '/models';
  const listed = await list(`${base.replace(/\/+$/, '')}${path}`, asked, signal);
  const found = listed ?? (await tags(new URL('/api/tags', base).href, asked, signal));
  if (found === undefined)
    throw new Failure('refused', `${new URL(base).host} lists no models: give the model’s name, and check the address`);
  const models = found.filter((id) => !NO_TALK.test(id)).slice(0, MOST);
  return {
    models,
    suggested: WANTED.flatMap((wanted) => models.find((id) => wanted.test(id)) ?? [])[0] ?? models[0] ?? null,
  };
}

const timeOf = ({ created, created_at }: z.infer<typeof One>): number =>
  created ?? (Date.parse(created_at ?? '') || 0) / 1000;

/** Undefined: there is no such list. */
async function list(url: string, asked: Asked, signal: AbortSignal): Promise<readonly string[] | undefined> {
  const parsed = Listed.safeParse(await get(url, asked, signal));
  return parsed.data?.data.toSorted((one, other) => timeOf(other) - timeOf(one)).map(({ id }) => id);
}

async function tags(url: string, asked: Asked, signal: AbortSignal): Promise<readonly string[] | undefined> {
  return Tagged.safeParse(await get(url, asked, signal)).data?.models.map(({ name }) => name);
}

/** What a server says; undefined: nothing that could be read. */
async function get(url: string, { protocol, apiKey, ask = fetch }: Asked, signal: AbortSignal): Promise<unknown> {
  const { host } = new URL(url);
  const key = apiKey?.trim() ?? '';
  const headers: Record<string, string> =
    protocol === 'anthropic'
      ? { 'x-api-key': key, 'anthropic-version': '2023-06-01' }
      : key === ''
        ? {}
        : { authorization: `Bearer ${key}` };
  let response: Response;
  try {
    // A redirect is not followed: it would carry the key to another host.
    response = await ask(url, { headers, redirect: 'manual', signal });
  } catch {
    throw new Failure('refused', `${host} cannot be reached: check the address, and that the server runs`);
  }
  const { status } = response;
  if (status === 401 || status === 403) {
    await response.body?.cancel();
    throw new Failure('unauthorized', `${host} does not take this key: copy it once more`);
  }
  if (!response.ok) {
    await response.body?.cancel();
    return undefined;
  }
  return readJson(response, host);
}

async function readJson(response: Response, host: string): Promise<unknown> {
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > MOST_BYTES) throw new Failure('too-large', `${host} lists more than ${MOST_BYTES} bytes of models`);
      text += decoder.decode(chunk, { stream: true });
    }
    const json: unknown = JSON.parse(text);
    return json;
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    return undefined;
  }
}
