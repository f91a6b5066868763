import type { Sandbox } from '../open-all.ts';

/** Two models of two vendors: the second one answers what the first one cannot. */
export function twoModels({ model, spare, environment }: Sandbox): {
  readonly configuration: string;
  readonly environment: Readonly<Record<string, string>>;
} {
  const configuration = `models:
  - { name: main, protocol: openai-chat, model: stand-in-1, baseUrl: "${model.baseUrl('openai-chat')}", key: MAIN_KEY }
  - { name: spare, protocol: anthropic, model: stand-in-2, baseUrl: "${spare.baseUrl('anthropic')}", key: SPARE_KEY }
`;
  return { configuration, environment: { ...environment, MAIN_KEY: model.apiKey, SPARE_KEY: spare.apiKey } };
}
