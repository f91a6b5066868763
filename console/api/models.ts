import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client.ts';

const load = () => read(api.models.$get());
export type Model = Awaited<ReturnType<typeof load>>['items'][number];
export const modelsQuery = queryOptions({ queryKey: ['models'], queryFn: load });

/** What models speak, and where their makers have them. */
export const PROTOCOLS = ['openai-responses', 'openai-chat', 'anthropic', 'demo'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

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
