/** What models speak. */
export const PROTOCOLS = ['openai-responses', 'openai-chat', 'anthropic', 'demo'] as const;
export type Protocol = (typeof PROTOCOLS)[number];
