import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client.ts';
import type { Protocol } from './protocols.ts';

const load = () => read(api.models.$get());
export type Model = Awaited<ReturnType<typeof load>>['items'][number];
export const modelsQuery = queryOptions({ queryKey: ['models'], queryFn: load });

export { PROTOCOLS, type Protocol } from './protocols.ts';

/** What most people connect, each one choice and one key. */
export const MAKERS = [
  { title: 'Anthropic', protocol: 'anthropic', baseUrl: '', hasKey: true },
  { title: 'OpenAI', protocol: 'openai-responses', baseUrl: '', hasKey: true },
  {
    title: 'Ollama, or another server of yours',
    protocol: 'openai-chat',
    baseUrl: 'http://127.0.0.1:11434/v1',
    hasKey: false,
  },
  { title: 'Demo, without a model', protocol: 'demo', baseUrl: '', hasKey: false },
] as const satisfies readonly { title: string; protocol: Protocol; baseUrl: string; hasKey: boolean }[];

/** Servers that many people have, each with what its form begins with. */
export const PRESETS: readonly Preset[] = [
  { title: 'Anthropic', name: 'claude', protocol: 'anthropic', baseUrl: '', hasKey: true, isFree: false },
  { title: 'OpenAI', name: 'openai', protocol: 'openai-responses', baseUrl: '', hasKey: true, isFree: false },
  {
    title: 'Azure OpenAI',
    name: 'azure',
    protocol: 'openai-responses',
    baseUrl: 'https://YOUR-RESOURCE.openai.azure.com/openai/v1',
    hasKey: true,
    isFree: false,
  },
  {
    title: 'Groq',
    name: 'groq',
    protocol: 'openai-chat',
    baseUrl: 'https://api.groq.com/openai/v1',
    hasKey: true,
    isFree: false,
  },
  {
    title: 'OpenRouter',
    name: 'openrouter',
    protocol: 'openai-chat',
    baseUrl: 'https://openrouter.ai/api/v1',
    hasKey: true,
    isFree: false,
  },
  {
    title: 'Ollama, on this machine',
    name: 'ollama',
    protocol: 'openai-chat',
    baseUrl: 'http://127.0.0.1:11434/v1',
    hasKey: false,
    isFree: true,
  },
  {
    title: 'vLLM, or another server of yours',
    name: 'vllm',
    protocol: 'openai-chat',
    baseUrl: 'http://127.0.0.1:8000/v1',
    hasKey: false,
    isFree: true,
  },
  { title: 'Demo, without a model', name: 'demo', protocol: 'demo', baseUrl: '', hasKey: false, isFree: true },
];

export type Preset = {
  readonly title: string;
  /** What the model is called here, unless somebody calls it otherwise. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly baseUrl: string;
  readonly hasKey: boolean;
  readonly isFree: boolean;
};
