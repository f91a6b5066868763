import { failed } from '../llm/errors.ts';
import { openProvider, PROTOCOLS, type ProviderSettings } from '../llm/open.ts';
import type { ModelEvent, ModelRequest, Provider } from '../llm/provider.ts';
import { Failure } from '../model/failure.ts';
import type { OpenProvider } from '../plugin.ts';

/** A server of models by its protocol, whoever brings it. */
export type ServerSettings = Omit<ProviderSettings, 'protocol'> & { readonly protocol: string; readonly model: string };

/** @throws Failure `invalid` that names what to mend. */
export async function openModelServer(
  { protocol, model, ...settings }: ServerSettings,
  brought: ReadonlyMap<string, OpenProvider>,
): Promise<Provider> {
  const own = PROTOCOLS.find((one) => one === protocol);
  if (own !== undefined) return openProvider({ ...settings, protocol: own });
  const open = brought.get(protocol);
  if (open === undefined) {
    const all = [...PROTOCOLS, ...brought.keys()].join(', ');
    throw new Failure('invalid', `there is no protocol ${JSON.stringify(protocol)}: it is one of ${all}`);
  }
  const { baseUrl, apiKey, deadlines } = settings;
  const provider = await open({ model, baseUrl, apiKey, deadlines });
  return { ...provider, stream: (request, signal) => careful(provider, request, signal) };
}

/** What a plugin throws is an event like any other failure. */
async function* careful(
  provider: Provider,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void> {
  try {
    yield* provider.stream(request, signal);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : 'it failed';
    yield failed(signal.aborted ? 'aborted' : 'server', `${provider.name}: ${why}`);
  }
}
